#include "routing/wildcard.h"

#include "routing/model/address.h"

namespace stagecoach::routing {

bool matches_wildcard(std::string_view pattern, std::string_view value) {
  constexpr auto k_none = std::string_view::npos;
  std::size_t p = 0, v = 0, star = k_none, star_value = 0;
  while (v < value.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_value = v;
    } else if (p < pattern.size() && (pattern[p] == '?' || to_lower(pattern[p]) == to_lower(value[v]))) {
      ++p;
      ++v;
    } else if (star != k_none) {  // only the last star needs to give way: an earlier one could gain nothing
      p = star + 1;
      v = ++star_value;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace stagecoach::routing
