#include "routing/pattern.h"

#include "routing/wildcard.h"

namespace stagecoach::routing {

Result<Pattern> Pattern::compile(std::string_view text) {
  Pattern pattern{std::string(text)};
  if (Regex::is_regex(text)) {
    auto regex = Regex::compile(text);
    if (!regex) return std::move(regex).error().while_doing("reading " + std::string(text));
    pattern.regex_ = std::move(*regex);
  }
  return pattern;
}

bool Pattern::matches(std::string_view value) const {
  return regex_ ? regex_->found_in(value) : matches_wildcard(text_, value);
}

}  // namespace stagecoach::routing
