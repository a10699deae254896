// What a token endpoint of OAuth 2.0 answers (RFC 6749 sections 5.1 and 5.2). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "routing/model/result.h"

namespace stagecoach {

struct TokenGrant {
  std::string access_token, refresh_token;  // the latter empty: the old one stays
  std::int64_t expires_in_seconds = 0;
};
constexpr std::int64_t k_lifetime_default = 3600, k_lifetime_max = 24 * 3600;

/// Unavailable: another try may succeed. Invalid input: the provider refuses, or gives no token.
Result<TokenGrant> read_token_answer(int status, std::string_view body);

}  // namespace stagecoach
