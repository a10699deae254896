// Small functions on text that rules, signatures and automatic answers share. Case is that of ASCII letters.
#pragma once

#include <algorithm>
#include <string_view>

#include "routing/model/address.h"

namespace stagecoach::routing {

/// Without blanks, tabs and line ends at both ends.
inline std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

inline bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 128; });
}

/// As string_view::find, without regard to case.
inline std::size_t find_ignoring_case(std::string_view text, std::string_view what, std::size_t from = 0) {
  if (from > text.size()) return std::string_view::npos;
  const auto rest = text.substr(from);
  const auto found = std::search(rest.begin(), rest.end(), what.begin(), what.end(),
                                 [](char a, char b) { return to_lower(a) == to_lower(b); });
  if (found == rest.end() && !what.empty()) return std::string_view::npos;
  return from + static_cast<std::size_t>(found - rest.begin());
}

}  // namespace stagecoach::routing
