// Regular expressions of an administrator (PCRE2) on values of strangers: compiled once with JIT, matched
// under limits. A match that exceeds a limit counts as none. \C is refused, invalid UTF-8 in values matches
// bytewise.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "routing/model/result.h"

namespace stagecoach::routing {

class Regex {
 public:
  /// "/text/" or "/text/i"; flags: i (no case), g (repeat, for captures), m, s, x as in Perl.
  static Result<Regex> compile(std::string_view text);

  /// Whether a text is meant as a regular expression: "/…/flags".
  static bool is_regex(std::string_view text);

  /// Whether the expression is found anywhere in the value.
  bool found_in(std::string_view value) const;

  /// The text of each capture group of the first match, with flag g of every match; at most 100.
  std::vector<std::string> captures(std::string_view value) const;

 private:
  struct Code;
  Regex(std::shared_ptr<const Code> code, bool repeat) : code_(std::move(code)), repeat_(repeat) {}

  std::shared_ptr<const Code> code_;  // shared: a Regex is copied with the rule that holds it
  bool repeat_ = false;
};

}  // namespace stagecoach::routing
