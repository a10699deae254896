#include "routing/download/condition.h"

#include <algorithm>
#include <array>

#include "routing/rule_condition.h"
#include "routing/text.h"
#include "routing/text_match.h"
#include "routing/time_window.h"

namespace stagecoach::routing {
namespace {

using Test = std::function<bool(const DownloadFacts&)>;
using Match = DownloadMatch;

constexpr std::string_view k_match_words[] = {
    "equals",   "not equals",       "greater than", "greater or equal", "less than",    "less or equal",
    "contains", "wildcard matches", "begins with",  "ends with",        "regex matches"};

Error unreadable(const DownloadCondition& condition, std::string_view what) {
  return invalid_input(std::string(condition.type) + ": \"" + condition.data.substr(0, 100) + "\" is no " +
                       std::string(what));
}

bool is_ordering(Match match) {
  return match == Match::greater || match == Match::greater_or_equal || match == Match::less ||
         match == Match::less_or_equal;
}

bool fits(Match match, int order) {
  switch (match) {
    case Match::greater: return order > 0;
    case Match::greater_or_equal: return order >= 0;
    case Match::less: return order < 0;
    case Match::less_or_equal: return order <= 0;
    default: return order == 0;
  }
}

template <class T>
int order_of(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

int text_order(std::string_view a, std::string_view b) { return order_of(to_lower(a), to_lower(b)); }

/// A value against the data of a condition: numbers as numbers, other text by the alphabet.
class ValueMatch {
 public:
  static Result<ValueMatch> compile(const DownloadCondition& condition) {
    ValueMatch result(condition.match, condition.data);
    if (is_ordering(condition.match)) return result;
    auto text =
        TextMatch::compile(rule_match(condition.match), condition.data, condition.match != Match::regex);
    if (!text) return std::move(text).error();
    result.text_ = std::move(*text);
    return result;
  }

  bool matches(std::string_view value) const {
    if (text_) return text_->matches(value);
    const auto number = number_ ? parse_number(value) : std::nullopt;
    return fits(match_, number ? order_of(*number, *number_) : text_order(value, data_));
  }

 private:
  ValueMatch(Match match, std::string_view data) : match_(match), data_(data), number_(parse_number(data)) {}

  static RuleMatch rule_match(Match match) {
    switch (match) {
      case Match::contains: return RuleMatch::contains;
      case Match::wildcard: return RuleMatch::wildcard;
      case Match::begins_with: return RuleMatch::begins_with;
      case Match::ends_with: return RuleMatch::ends_with;
      case Match::regex: return RuleMatch::regex;
      default: return RuleMatch::equals;
    }
  }

  Match match_;
  std::string data_;
  std::optional<double> number_;
  std::optional<TextMatch> text_;
};

// ---- pseudo headers ----

Result<Test> always(const DownloadCondition& condition) {
  const auto data = trimmed(condition.data);
  if (data != "0" && data != "1") return unreadable(condition, "1 or 0");
  return Test([holds = data == "1"](const DownloadFacts&) { return holds; });
}

/// "9" is 09:00 as a beginning and 09:59 as an end; "9:30" is itself. Empty: the other word for it.
std::optional<std::string> clock_end(std::string_view text, std::string_view minutes, std::string_view open) {
  text = trimmed(text);
  if (text.empty()) return std::string(open);
  std::string clock(text);
  if (text.find(':') == std::string_view::npos) {
    const auto hour = parse_number(text);
    if (!hour || *hour > 23 || text.find_first_not_of("0123456789") != std::string_view::npos)
      return std::nullopt;
    clock += ":" + std::string(minutes);
  }
  const auto time = parse_clock(clock);
  if (!time || *time >= std::chrono::hours(24)) return std::nullopt;
  return clock;
}

Result<Test> time_now(const DownloadCondition& condition) {
  const auto data = trimmed(condition.data);
  const auto dash = data.find('-');
  const auto from = clock_end(data.substr(0, dash), "00", "0:00");
  const auto to = clock_end(dash == std::string_view::npos ? data : data.substr(dash + 1), "59", "23:59");
  if (data.empty() || !from || !to) return unreadable(condition, "range of times like 9:00-17:30 or 9-17");
  auto window = DailyWindow::parse({}, {}, *from, *to);
  if (!window) return std::move(window).error();
  return Test([window = *window](const DownloadFacts& facts) { return window.contains(facts.now); });
}

Result<Test> day_now(const DownloadCondition& condition) {
  const auto data = trimmed(condition.data);
  if (data.empty() || data.find_first_not_of("1234567") != std::string_view::npos)
    return unreadable(condition, "list of days like 135 (1 is Sunday, 7 Saturday)");
  std::array<bool, 7> days{};
  for (const char digit : data) days[static_cast<std::size_t>(digit - '1')] = true;
  return Test([days](const DownloadFacts& facts) {
    return days[std::chrono::weekday(day_of(facts.now)).c_encoding()];
  });
}

Result<Test> recipient(const DownloadCondition& condition) {
  if (trimmed(condition.data).empty()) return unreadable(condition, "recipient");
  return Test([wanted = std::string(trimmed(condition.data))](const DownloadFacts& facts) {
    return std::any_of(facts.recipients.begin(), facts.recipients.end(),
                       [&](const std::string& one) { return equals_ignoring_case(one, wanted); });
  });
}

Result<Test> collector(const DownloadCondition& condition) {
  if (trimmed(condition.data).empty()) return unreadable(condition, "name or number of a collector");
  return Test([wanted = std::string(trimmed(condition.data))](const DownloadFacts& facts) {
    return equals_ignoring_case(facts.collector, wanted) || std::to_string(facts.collector_id) == wanted;
  });
}

using NumberOf = std::int64_t (*)(const DownloadFacts&);

/// Numbers are ordered and compared as numbers; what remains looks at their digits.
Result<Test> number(const DownloadCondition& condition, NumberOf value) {
  const bool compares = is_ordering(condition.match) || condition.match == Match::equals ||
                        condition.match == Match::not_equals;
  if (!compares) {
    auto match = ValueMatch::compile(condition);
    if (!match) return std::move(match).error();
    return Test([value, match = std::move(*match)](const DownloadFacts& facts) {
      return match.matches(std::to_string(value(facts)));
    });
  }
  const auto limit = parse_size(condition.data);
  if (!limit) return unreadable(condition, "number");
  return Test([value, limit = *limit, match = condition.match](const DownloadFacts& facts) {
    return fits(match, order_of(value(facts), limit));
  });
}

Result<Test> any_field(const DownloadCondition& condition) {
  auto match = ValueMatch::compile(condition);
  if (!match) return std::move(match).error();
  return Test([match = std::move(*match)](const DownloadFacts& facts) {
    return std::any_of(facts.header.begin(), facts.header.end(),
                       [&](const HeaderField& field) { return match.matches(field.body); });
  });
}

const struct {
  std::string_view type;
  Result<Test> (*make)(const DownloadCondition&);
} k_pseudo_headers[] = {
    {"Always", always},
    {"TimeNow", time_now},
    {"DayNow", day_now},
    {"Rcpt", recipient},
    {"Collector", collector},
    {"Size",
     [](const DownloadCondition& c) {
       return number(c, [](const DownloadFacts& facts) { return facts.size_bytes; });
     }},
    {"ValidRecipients",
     [](const DownloadCondition& c) {
       return number(c, [](const DownloadFacts& facts) { return facts.valid_recipients; });
     }},
    {"InvalidRecipients",
     [](const DownloadCondition& c) {
       return number(c, [](const DownloadFacts& facts) { return facts.invalid_recipients; });
     }},
    {"Any", any_field},
};

// ---- header fields ----

std::vector<std::string> names_in(std::string_view type) {
  std::vector<std::string> names;
  while (!type.empty()) {
    const auto comma = std::min(type.find(','), type.size());
    auto name = trimmed(type.substr(0, comma));
    if (name.ends_with(':')) name.remove_suffix(1);
    if (!name.empty()) names.emplace_back(name);
    type.remove_prefix(std::min(comma + 1, type.size()));
  }
  return names;
}

Result<Test> header_fields(const DownloadCondition& condition) {
  auto names = names_in(condition.type);
  if (names.empty()) return invalid_input("a condition names no header field");
  auto match = ValueMatch::compile(condition);
  if (!match) return std::move(match).error();
  return Test([names = std::move(names), match = std::move(*match)](const DownloadFacts& facts) {
    return std::any_of(facts.header.begin(), facts.header.end(), [&](const HeaderField& field) {
      return std::any_of(names.begin(), names.end(),
                         [&](const std::string& name) { return equals_ignoring_case(name, field.name); }) &&
             match.matches(field.body);
    });
  });
}

Result<Test> make(const DownloadCondition& condition) {
  const auto type = trimmed(condition.type);
  for (const auto& [name, make_test] : k_pseudo_headers)
    if (equals_ignoring_case(type, name)) return make_test(condition);
  return header_fields(condition);
}

bool is_numeric(std::string_view type) {
  return equals_ignoring_case(type, "Size") || equals_ignoring_case(type, "ValidRecipients") ||
         equals_ignoring_case(type, "InvalidRecipients");
}

}  // namespace

Result<DownloadTest> DownloadTest::compile(const DownloadCondition& condition) {
  DownloadTest result;
  auto test = make(condition);
  if (!test) return std::move(test).error();
  result.test_ = std::move(*test);
  // "not equals" is the inverse of "equals": of several fields none is equal.
  const auto type = trimmed(condition.type);
  const bool unequal = condition.match == Match::not_equals;
  const bool looks_at_match =
      equals_ignoring_case(type, "Any") || is_numeric(type) ||
      std::none_of(std::begin(k_pseudo_headers), std::end(k_pseudo_headers),
                   [&](const auto& pseudo) { return equals_ignoring_case(type, pseudo.type); });
  result.inverted_ = condition.negated != (unequal && looks_at_match);
  result.text_ = std::string(type) + (condition.negated ? " not " : " ");
  if (looks_at_match)
    result.text_ += std::string(k_match_words[static_cast<std::size_t>(condition.match)]) + " ";
  result.text_ += "\"" + condition.data.substr(0, 100) + "\"";
  return result;
}

}  // namespace stagecoach::routing
