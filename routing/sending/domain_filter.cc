#include "routing/sending/domain_filter.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "routing/text.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_tests_max = 50;  // of one line
constexpr std::int64_t k_minutes_max = std::int64_t{100} * 365 * 24 * 60;

Error fault(std::string reason) { return invalid_input(std::move(reason)); }

std::string quoted(std::string_view text) { return "\"" + std::string(text.substr(0, 60)) + "\""; }

constexpr struct {
  std::string_view name;
  Fact fact;
} k_facts[] = {{"size", Fact::size}, {"retries", Fact::retries},
               {"age", Fact::age},   {"authsender", Fact::auth_sender},
               {"from", Fact::from}, {"to", Fact::recipient}};

constexpr struct {
  std::string_view name;
  RuleMatch match;
} k_matches[] = {
    {"contains", RuleMatch::contains}, {"matches", RuleMatch::wildcard}, {"regexp", RuleMatch::regex}};

/// Reads the conditions of one line from left to right.
class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) { skip_blanks(); }

  bool at_end() const { return rest_.empty() || rest_.front() == '#'; }

  /// A run of letters; empty: something else comes.
  std::string_view word() {
    const auto end = std::find_if(rest_.begin(), rest_.end(),
                                  [](char c) { return to_lower(c) < 'a' || to_lower(c) > 'z'; });
    return take(static_cast<std::size_t>(end - rest_.begin()));
  }

  std::optional<Comparison> comparison() {
    const auto found = take_comparison(rest_);
    skip_blanks();
    return found;
  }

  /// Digits, and the letters of a unit behind them, if any: "50", "50kB", "50 MB".
  std::string_view digits() { return take(std::min(rest_.find_first_not_of("0123456789"), rest_.size())); }

  /// "text" with the quotes taken away; nothing: there is none, or its end is missing.
  std::optional<std::string_view> quoted_text() {
    if (!rest_.starts_with('"')) return std::nullopt;
    const auto end = rest_.find('"', 1);
    if (end == std::string_view::npos) return std::nullopt;
    const auto text = rest_.substr(1, end - 1);
    take(end + 1);
    return text;
  }

  /// /text/flags with its slashes; a slash inside it stands behind a backslash.
  std::optional<std::string_view> expression() {
    if (!rest_.starts_with('/')) return std::nullopt;
    std::size_t end = 1;
    while (end < rest_.size() && rest_[end] != '/') end += rest_[end] == '\\' ? 2 : 1;
    if (end >= rest_.size()) return std::nullopt;
    for (++end; end < rest_.size() && to_lower(rest_[end]) >= 'a' && to_lower(rest_[end]) <= 'z';) ++end;
    return take(end);
  }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view take(std::size_t length) {
    const auto taken = rest_.substr(0, length);
    rest_.remove_prefix(taken.size());
    skip_blanks();
    return taken;
  }
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r"), rest_.size())); }

  std::string_view rest_;
};

/// Minutes, hours and days as minutes.
std::optional<std::int64_t> minutes_in(std::string_view unit) {
  if (equals_ignoring_case(unit, "minute") || equals_ignoring_case(unit, "minutes")) return 1;
  if (equals_ignoring_case(unit, "hour") || equals_ignoring_case(unit, "hours")) return 60;
  if (equals_ignoring_case(unit, "day") || equals_ignoring_case(unit, "days")) return 24 * 60;
  return std::nullopt;
}

Result<FactTest> number_test(Fact fact, Reader& reader) {
  const auto comparison = reader.comparison();
  if (!comparison) return fault("a comparison is missing before " + quoted(reader.rest()));
  const auto number = parse_quantity(reader.digits());
  if (!number) return fault("a number is missing before " + quoted(reader.rest()));
  if (fact == Fact::retries) return FactTest(fact, *comparison, *number);
  if (fact == Fact::age) {
    const std::string_view unit = reader.word();
    const auto factor = minutes_in(unit);
    if (!factor) return fault("an age is given in minutes, hours or days, not in " + quoted(unit));
    if (*number > k_minutes_max / *factor) return fault("the age is too large");
    return FactTest(fact, *comparison, *number * *factor);
  }
  Reader ahead = reader;  // the word behind the number is a unit, or the next condition
  const std::string_view unit = ahead.word();
  if (!equals_ignoring_case(unit, "kb") && !equals_ignoring_case(unit, "mb"))
    return FactTest(fact, *comparison, *number);
  reader = ahead;
  const auto bytes = parse_quantity(std::to_string(*number) + std::string(unit));
  if (!bytes) return fault("the size is too large");
  return FactTest(fact, *comparison, *bytes);
}

Result<FactTest> text_test(Fact fact, Reader& reader) {
  if (const auto comparison = reader.comparison()) {
    if (*comparison != Comparison::equal && *comparison != Comparison::not_equal)
      return fault("texts are compared with =, <>, contains, matches or regexp");
    const auto text = reader.quoted_text();
    if (!text) return fault("a text between quotes is missing before " + quoted(reader.rest()));
    return FactTest(fact, *comparison, *text);
  }
  std::string_view word = reader.word();
  const bool negated = equals_ignoring_case(word, "not");
  if (negated) word = reader.word();
  for (const auto& [name, match] : k_matches) {
    if (!equals_ignoring_case(word, name)) continue;
    const auto data = match == RuleMatch::regex ? reader.expression() : reader.quoted_text();
    if (data) return FactTest::matching(fact, match, *data, negated);
    return fault(match == RuleMatch::regex
                     ? "a regular expression between slashes is missing before " + quoted(reader.rest())
                     : "a text between quotes is missing before " + quoted(reader.rest()));
  }
  return fault(quoted(word) + " is none of =, <>, contains, matches, regexp, not contains, not matches, " +
               "not regexp");
}

}  // namespace

Result<DomainFilter::Rule> DomainFilter::parse_rule(std::string_view text) {
  Rule rule;
  rule.text = text;
  const auto colon = text.find(':');
  const std::string_view action = trimmed(text.substr(0, colon));
  rule.attempt = equals_ignoring_case(action, "attempt");
  if (colon == std::string_view::npos || (!rule.attempt && !equals_ignoring_case(action, "skip")))
    return fault("a rule begins with \"attempt:\" or \"skip:\"");
  Reader reader(text.substr(colon + 1));
  if (reader.at_end()) return fault("a condition is missing; \"all\" stands for every message");
  for (std::size_t count = 1; !reader.at_end(); ++count) {
    if (count > k_tests_max) return limit_reached("too many conditions in one line");
    const std::string_view before = reader.rest(), name = reader.word();
    if (equals_ignoring_case(name, "all")) continue;
    if (equals_ignoring_case(name, "none")) {
      rule.never = true;
      continue;
    }
    const auto known = std::find_if(std::begin(k_facts), std::end(k_facts), [&](const auto& entry) {
      return equals_ignoring_case(entry.name, name);
    });
    if (known == std::end(k_facts))
      return fault(quoted(before) +
                   " is no condition: all, none, size, retries, age, authsender, from or to are");
    auto test = is_number(known->fact) ? number_test(known->fact, reader) : text_test(known->fact, reader);
    if (!test) return std::move(test).error();
    rule.tests_recipient = rule.tests_recipient || known->fact == Fact::recipient;
    rule.tests.push_back(std::move(*test));
  }
  return rule;
}

Result<DomainFilter> DomainFilter::parse(std::string_view script) {
  if (script.size() > k_script_bytes_max) return limit_reached("the script is larger than 64 kB");
  DomainFilter filter;
  for (int line = 1; !script.empty(); ++line) {
    const auto end = std::min(script.find('\n'), script.size());
    const std::string_view text = trimmed(script.substr(0, end));
    script.remove_prefix(std::min(end + 1, script.size()));
    if (text.empty() || text.front() == '#') continue;
    auto rule = parse_rule(text);
    if (!rule) return std::move(rule).error().while_doing("line " + std::to_string(line));
    rule->line = line;
    filter.has_attempt_ = filter.has_attempt_ || rule->attempt;
    filter.depends_on_recipient_ = filter.depends_on_recipient_ || rule->tests_recipient;
    filter.rules_.push_back(std::move(*rule));
  }
  return filter;
}

DomainFilter::Decision DomainFilter::decide(const SendingFacts& facts, std::string_view recipient) const {
  for (const Rule& rule : rules_) {
    if (rule.never) continue;
    if (std::all_of(rule.tests.begin(), rule.tests.end(),
                    [&](const FactTest& test) { return test.holds(facts, recipient); }))
      return {rule.attempt, rule.line, rule.text};
  }
  if (has_attempt_) return {false, 0, "no line matches, and there are attempt lines: skip"};
  return {true, 0, rules_.empty() ? "there is no domain filter: attempt" : "no line matches: attempt"};
}

}  // namespace stagecoach::routing
