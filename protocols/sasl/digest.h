// The hashes that SASL and APOP use, by libcrypto. Results are raw bytes; hex() writes them for humans and
// CRAM-MD5.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::sasl {

std::string sha256(std::string_view bytes);
std::string md5(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
std::string hmac_md5(std::string_view key, std::string_view bytes);
/// PBKDF2 with HMAC-SHA-256 (RFC 8018), 32 bytes: Hi() of RFC 5802.
std::string pbkdf2_sha256(std::string_view password, std::string_view salt, int iterations);

/// Lower case.
std::string hex(std::string_view bytes);

/// Takes the same time wherever the first difference is. Lengths are not secret.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace stagecoach::sasl
