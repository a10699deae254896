// Wildcards: * matches any number of characters, ? exactly one; the whole value must match, without regard to
// the case of ASCII letters.
#pragma once

#include <string_view>

namespace stagecoach::routing {

inline bool has_wildcard(std::string_view text) { return text.find_first_of("*?") != std::string_view::npos; }

/// Takes time of at most pattern.size() * value.size().
bool matches_wildcard(std::string_view pattern, std::string_view value);

}  // namespace stagecoach::routing
