#include "routing/sending/fact_test.h"

#include <charconv>
#include <utility>

#include "routing/model/address.h"
#include "routing/text.h"

namespace stagecoach::routing {
namespace {

// Longer ones first: "<=" begins as "<".
constexpr std::pair<std::string_view, Comparison> k_comparisons[] = {
    {"<>", Comparison::not_equal}, {"!=", Comparison::not_equal},     {"<=", Comparison::less_equal},
    {"<", Comparison::less},       {">=", Comparison::greater_equal}, {">", Comparison::greater},
    {"==", Comparison::equal},     {"=", Comparison::equal},
};

std::int64_t number_of(Fact fact, const SendingFacts& facts) {
  switch (fact) {
    case Fact::retries: return facts.retries;
    case Fact::size: return facts.size_bytes;
    case Fact::age: return facts.age.count();
    default: return 0;
  }
}

std::string_view text_of(Fact fact, const SendingFacts& facts, std::string_view recipient) {
  switch (fact) {
    case Fact::auth_sender: return facts.auth_sender;
    case Fact::from: return facts.from;
    default: return recipient;
  }
}

/// -1, 0, 1 as strcmp; `other` is in lower case.
int order_of(std::string_view value, std::string_view other) {
  const std::size_t common = std::min(value.size(), other.size());
  for (std::size_t i = 0; i < common; ++i) {
    const auto a = static_cast<unsigned char>(to_lower(value[i])), b = static_cast<unsigned char>(other[i]);
    if (a != b) return a < b ? -1 : 1;
  }
  return value.size() == other.size() ? 0 : value.size() < other.size() ? -1 : 1;
}

}  // namespace

std::optional<Comparison> take_comparison(std::string_view& text) {
  for (const auto& [sign, comparison] : k_comparisons) {
    if (!text.starts_with(sign)) continue;
    text.remove_prefix(sign.size());
    return comparison;
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_quantity(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  const std::string_view unit = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
  std::int64_t factor = 1;
  if (equals_ignoring_case(unit, "kB"))
    factor = 1024;
  else if (equals_ignoring_case(unit, "MB"))
    factor = 1024 * 1024;
  else if (!unit.empty())
    return std::nullopt;
  if (number > INT64_MAX / factor) return std::nullopt;
  return number * factor;
}

FactTest::FactTest(Fact fact, Comparison comparison, std::int64_t number)
    : fact_(fact), comparison_(comparison), number_(number) {}

FactTest::FactTest(Fact fact, Comparison comparison, std::string_view text)
    : fact_(fact), comparison_(comparison), text_(to_lower(text)) {}

Result<FactTest> FactTest::matching(Fact fact, RuleMatch match, std::string_view data, bool negated) {
  if (match == RuleMatch::regex && !Regex::is_regex(data))
    return invalid_input("a regular expression stands between slashes: /text/ or /text/i");
  auto compiled = TextMatch::compile(match, data, match != RuleMatch::regex);
  if (!compiled) return std::move(compiled).error();
  FactTest test(fact, Comparison::equal, std::string_view());
  test.match_ = std::move(*compiled);
  test.negated_ = negated;
  return test;
}

bool FactTest::compares(int order) const {
  switch (comparison_) {
    case Comparison::equal: return order == 0;
    case Comparison::not_equal: return order != 0;
    case Comparison::less: return order < 0;
    case Comparison::less_equal: return order <= 0;
    case Comparison::greater: return order > 0;
    case Comparison::greater_equal: return order >= 0;
  }
  return false;
}

bool FactTest::holds(const SendingFacts& facts, std::string_view recipient) const {
  if (is_number(fact_)) {
    const std::int64_t number = number_of(fact_, facts);
    return compares(number == number_ ? 0 : number < number_ ? -1 : 1);
  }
  const std::string_view value = text_of(fact_, facts, recipient);
  return match_ ? match_->matches(value) != negated_ : compares(order_of(value, text_));
}

}  // namespace stagecoach::routing
