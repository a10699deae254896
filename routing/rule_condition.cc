#include "routing/rule_condition.h"

#include <algorithm>

#include "routing/model/address.h"
#include "routing/text.h"

namespace stagecoach::routing {
namespace {

using Test = std::function<bool(const RuleState&)>;

constexpr double k_size_max = 1e15;  // what a double counts exactly

Error unreadable(std::string_view data, std::string_view what) {
  return invalid_input("\"" + std::string(data) + "\" is no " + std::string(what));
}

template <class T>
bool ordered(RuleMatch match, T value, T limit) {
  return match == RuleMatch::greater ? value > limit
         : match == RuleMatch::less  ? value < limit
                                     : value == limit;
}

bool compares(RuleMatch match) {
  return match == RuleMatch::greater || match == RuleMatch::less || match == RuleMatch::equals;
}

bool contains_name(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& entry) { return equals_ignoring_case(entry, name); });
}

std::vector<std::string> header_names(std::string_view field) {
  if (equals_ignoring_case(field, "To or Cc")) return {"To", "Cc"};
  if (equals_ignoring_case(field, "From, To or Cc")) return {"From", "To", "Cc"};
  std::vector<std::string> names;
  while (!field.empty()) {
    const auto comma = std::min(field.find(','), field.size());
    auto name = trimmed(field.substr(0, comma));
    if (name.ends_with(':')) name.remove_suffix(1);
    if (!name.empty()) names.emplace_back(name);
    field.remove_prefix(std::min(comma + 1, field.size()));
  }
  return names;
}

Result<Test> header_test(const RuleCondition& condition) {
  auto names = header_names(condition.field);
  if (names.empty()) return invalid_input("the condition names no field");
  auto match = TextMatch::compile(condition.match, condition.data, condition.ignore_case);
  if (!match) return std::move(match).error();
  return Test([names = std::move(names), match = std::move(*match)](const RuleState& state) {
    return std::any_of(state.header.begin(), state.header.end(), [&](const HeaderField& field) {
      return contains_name(names, field.name) && match.matches(field.body);
    });
  });
}

Result<Test> body_test(const RuleCondition& condition) {
  auto match = TextMatch::compile(condition.match, condition.data, condition.ignore_case);
  if (!match) return std::move(match).error();
  return Test([match = std::move(*match)](const RuleState& state) {
    return state.body && match.matches(state.body());
  });
}

Result<Test> size_test(const RuleCondition& condition) {
  const auto limit = parse_size(condition.data);
  if (!limit) return unreadable(condition.data, "size like 500k");
  if (!compares(condition.match)) return invalid_input("a size is greater, less or equals");
  return Test([limit = *limit, match = condition.match](const RuleState& state) {
    return ordered(match, state.size_bytes, limit);
  });
}

Result<Test> spam_score_test(const RuleCondition& condition) {
  const auto limit = parse_number(condition.data);
  if (!limit) return unreadable(condition.data, "number");
  if (!compares(condition.match)) return invalid_input("a spam score is greater, less or equals");
  return Test([limit = *limit, match = condition.match](const RuleState& state) {
    return state.spam_score && ordered(match, *state.spam_score, limit);
  });
}

/// Data may say which state is meant; nothing means that it is so.
Result<Test> state_test(const RuleCondition& condition, bool RuleState::*member) {
  const std::string data = to_lower(trimmed(condition.data));
  const bool off = data == "no" || data == "false" || data == "0";
  if (!off && !data.empty() && data != "yes" && data != "true" && data != "1")
    return unreadable(condition.data, "yes or no");
  return Test([member, off](const RuleState& state) { return state.*member != off; });
}

bool is_name_match(RuleMatch match) {
  return match == RuleMatch::is_true || match == RuleMatch::equals || match == RuleMatch::contains;
}

/// Keywords and rules are named as a whole, whether the user chose "is" or "contains".
Result<Test> name_test(const RuleCondition& condition,
                       const std::vector<std::string>& (*names)(const RuleState&)) {
  if (trimmed(condition.data).empty()) return invalid_input("the condition names nothing");
  if (is_name_match(condition.match))
    return Test([names, name = std::string(trimmed(condition.data))](const RuleState& state) {
      return contains_name(names(state), name);
    });
  auto match = TextMatch::compile(condition.match, condition.data, condition.ignore_case);
  if (!match) return std::move(match).error();
  return Test([names, match = std::move(*match)](const RuleState& state) {
    return std::any_of(names(state).begin(), names(state).end(),
                       [&](const std::string& name) { return match.matches(name); });
  });
}

/// A day is compared with days, a day with a clock time with minutes, other matches with "2026-08-01".
Result<Test> date_test(const RuleCondition& condition, std::optional<LocalTime> (*time)(const RuleState&)) {
  if (!compares(condition.match)) {
    auto match = TextMatch::compile(condition.match, condition.data, condition.ignore_case);
    if (!match) return std::move(match).error();
    return Test([time, match = std::move(*match)](const RuleState& state) {
      const auto at = time(state);
      return at && match.matches(day_text(day_of(*at)));
    });
  }
  const std::string_view data = trimmed(condition.data);
  const auto limit = parse_moment(data);
  if (!limit) return unreadable(condition.data, "date like 2026-12-31");
  const bool whole_day = parse_day(data).has_value();
  return Test([time, limit = *limit, whole_day, match = condition.match](const RuleState& state) {
    const auto at = time(state);
    if (!at) return false;
    if (whole_day) return ordered(match, day_of(*at), day_of(limit));
    return ordered(match, std::chrono::floor<std::chrono::minutes>(*at),
                   std::chrono::floor<std::chrono::minutes>(limit));
  });
}

Result<Test> clock_test(const RuleCondition& condition) {
  if (!compares(condition.match)) return invalid_input("a time is greater, less or equals");
  const auto limit = parse_clock(trimmed(condition.data));
  if (!limit) return unreadable(condition.data, "time like 08:15");
  return Test([limit = *limit, match = condition.match](const RuleState& state) {
    const auto minutes = [](std::chrono::seconds clock) {
      return std::chrono::floor<std::chrono::minutes>(clock);
    };
    return ordered(match, minutes(clock_of(state.now)), minutes(limit));
  });
}

const struct {
  std::string_view field;
  Result<Test> (*make)(const RuleCondition&);
} k_fields[] = {
    {"body", body_test},
    {"size", size_test},
    {"spam score", spam_score_test},
    {"quarantined", [](const RuleCondition& c) { return state_test(c, &RuleState::quarantined); }},
    {"marked read", [](const RuleCondition& c) { return state_test(c, &RuleState::read); }},
    {"flagged", [](const RuleCondition& c) { return state_test(c, &RuleState::flagged); }},
    {"keyword",
     [](const RuleCondition& c) {
       return name_test(c, [](const RuleState& s) -> const std::vector<std::string>& { return s.keywords; });
     }},
    {"previous rule match",
     [](const RuleCondition& c) {
       return name_test(
           c, [](const RuleState& s) -> const std::vector<std::string>& { return s.matched_rules; });
     }},
    {"date now",
     [](const RuleCondition& c) {
       return date_test(c, [](const RuleState& s) { return std::optional<LocalTime>(s.now); });
     }},
    {"time now", clock_test},
    {"message date",
     [](const RuleCondition& c) { return date_test(c, [](const RuleState& s) { return s.message_date; }); }},
};

constexpr std::string_view k_match_words[] = {"contains",        "equals",       "begins with",
                                              "ends with",       "is like",      "fits",
                                              "is greater than", "is less than", "is true"};

std::string text_of(const RuleCondition& condition) {
  std::string text = condition.field + (condition.negated ? " not: " : " ");
  text += k_match_words[static_cast<std::size_t>(condition.match)];
  if (!condition.data.empty()) text += " \"" + condition.data.substr(0, 100) + "\"";
  return text;
}

}  // namespace

std::optional<std::int64_t> parse_size(std::string_view text) {
  text = trimmed(text);
  std::int64_t unit = 1;
  if (!text.empty() && to_lower(text.back()) == 'b') text.remove_suffix(1);
  if (!text.empty()) {
    const char letter = to_lower(text.back());
    unit = letter == 'k' ? 1LL << 10 : letter == 'm' ? 1LL << 20 : letter == 'g' ? 1LL << 30 : 1;
    if (unit != 1) text.remove_suffix(1);
  }
  const auto number = parse_number(text);
  if (!number || *number < 0 || *number * static_cast<double>(unit) > k_size_max) return std::nullopt;
  return static_cast<std::int64_t>(*number * static_cast<double>(unit));
}

RuleTest RuleTest::compile(const RuleCondition& condition) {
  RuleTest test;
  test.negated_ = condition.negated;
  test.text_ = text_of(condition);
  auto made = test.make(condition);
  if (made)
    test.test_ = std::move(*made);
  else
    test.fault_ = condition.field + ": " + made.error().reason;
  return test;
}

Result<RuleTest::Test> RuleTest::make(const RuleCondition& condition) const {
  const std::string_view field = trimmed(condition.field);
  for (const auto& [name, make] : k_fields)
    if (equals_ignoring_case(field, name)) return make(condition);
  return header_test(condition);
}

bool RuleTest::holds(const RuleState& state) const { return test_ && test_(state) != negated_; }

}  // namespace stagecoach::routing
