// Compares a value of a message with the data of a rule's condition, as RuleMatch says. Compiled once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "routing/model/message_rule.h"
#include "routing/model/result.h"
#include "routing/regex.h"

namespace stagecoach::routing {

class TextMatch {
 public:
  /// Fails for a regular expression that does not compile. `greater` and `less` compare numbers, `is_true`
  /// holds for every value. A regular expression with slashes brings its own flags.
  static Result<TextMatch> compile(RuleMatch match, std::string_view data, bool ignore_case);

  bool matches(std::string_view value) const;

 private:
  TextMatch(RuleMatch match, std::string_view data, bool ignore_case)
      : match_(match), data_(data), ignore_case_(ignore_case) {}
  Result<void> compile_regex();
  bool compare(std::string_view value) const;

  RuleMatch match_;
  std::string data_;
  bool ignore_case_;
  std::optional<Regex> regex_;  // of a regular expression, and of what ASCII comparison cannot do
};

/// A decimal number with sign and fraction, white space around it allowed; nothing for other text.
std::optional<double> parse_number(std::string_view text);

}  // namespace stagecoach::routing
