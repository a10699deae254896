// The address to which the answer to a question about a collected message goes: "download-<32 hexadecimal
// digits>" at a local domain. The digits are random, so that only who was asked can answer.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::routing {

constexpr std::string_view k_download_answer_prefix = "download-";
constexpr std::size_t k_download_token_digits = 32;

/// The token in a local part in lower case; empty: it has none.
inline std::string download_token_of(std::string_view local) {
  if (!local.starts_with(k_download_answer_prefix)) return {};
  const std::string_view token = local.substr(k_download_answer_prefix.size());
  const bool is_token = token.size() == k_download_token_digits &&
                        token.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return is_token ? std::string(token) : std::string();
}

}  // namespace stagecoach::routing
