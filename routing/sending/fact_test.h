// One condition on a waiting message, as domain filters and DNS overrides write it: a fact, an operator, a
// value. Compiled once; numbers are bytes, minutes or counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "routing/model/result.h"
#include "routing/sending/facts.h"
#include "routing/text_match.h"

namespace stagecoach::routing {

enum class Fact : std::uint8_t { retries, size, age, auth_sender, from, recipient };
inline bool is_number(Fact fact) { return fact <= Fact::age; }

enum class Comparison : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal };

/// Takes "=", "==", "<>", "!=", "<=", "<", ">=" or ">" from the front of `text`; nothing: there is none.
std::optional<Comparison> take_comparison(std::string_view& text);

/// A size or a count: "50", "50kB", "2 MB" (powers of 1024), without regard to case; nothing for all else and
/// for what does not fit.
std::optional<std::int64_t> parse_quantity(std::string_view text);

class FactTest {
 public:
  /// Of a number.
  FactTest(Fact fact, Comparison comparison, std::int64_t number);
  /// Of a text: without regard to case, greater and less by the codes of the characters in lower case.
  FactTest(Fact fact, Comparison comparison, std::string_view text);
  /// Of a text that contains, or matches a wildcard or /regex/. Fails for an expression that does not
  /// compile.
  static Result<FactTest> matching(Fact fact, RuleMatch match, std::string_view data, bool negated);

  bool holds(const SendingFacts& facts, std::string_view recipient) const;

 private:
  bool compares(int order) const;

  Fact fact_;
  Comparison comparison_ = Comparison::equal;
  std::int64_t number_ = 0;
  std::string text_;  // lower case
  std::optional<TextMatch> match_;
  bool negated_ = false;  // of match_
};

}  // namespace stagecoach::routing
