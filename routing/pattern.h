// What settings call "wildcards or regular expressions": "/…/flags" is a Regex, all else a wildcard.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "routing/model/result.h"
#include "routing/regex.h"

namespace stagecoach::routing {

class Pattern {
 public:
  /// Fails only for a regular expression that does not compile.
  static Result<Pattern> compile(std::string_view text);

  bool matches(std::string_view value) const;
  const std::string& text() const { return text_; }

 private:
  explicit Pattern(std::string text) : text_(std::move(text)) {}

  std::string text_;
  std::optional<Regex> regex_;
};

}  // namespace stagecoach::routing
