// A mail address as the router compares it: local part and domain, without comments, quotes or source route.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace stagecoach {

/// ASCII only: octets above 127 (SMTPUTF8) stay as they are.
inline char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline std::string to_lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return to_lower(c); });
  return result;
}

inline bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

struct Address {
  std::string local;   // "fred", as given
  std::string domain;  // "example.com", as given; empty for a bare name

  /// "fred@example.com", or "fred" when there is no domain.
  std::string text() const { return domain.empty() ? local : local + "@" + domain; }
  /// text() in lower case: what is compared. Local parts of others may be case sensitive: never send this
  /// out.
  std::string key() const { return to_lower(text()); }
  bool operator==(const Address&) const = default;
};

/// Splits at the last @. Never fails: what is no address becomes a local part that matches nothing.
inline Address split_address(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

}  // namespace stagecoach
