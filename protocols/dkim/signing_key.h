// A private key that signs mail: RSA with SHA-256 (RFC 6376, at least 1024 bits by RFC 8301), or Ed25519 (RFC
// 8463). Immutable, cheap to copy, usable by several threads at once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "routing/model/result.h"

struct evp_pkey_st;  // EVP_PKEY of libcrypto

namespace stagecoach::dkim {

enum class Algorithm : std::uint8_t { rsa_sha256, ed25519_sha256 };

inline constexpr int k_rsa_bits_min = 1024, k_rsa_bits_advised = 2048, k_rsa_bits_checked_max = 4096;

class SigningKey {
 public:
  /// Reads PEM: "PRIVATE KEY" (PKCS #8) or "RSA PRIVATE KEY" (PKCS #1), without a password. The Error says
  /// what is wrong with it in words that follow the name of the file.
  static Result<SigningKey> parse(std::string_view pem);

  Algorithm algorithm() const { return algorithm_; }
  int bits() const { return bits_; }
  /// The signature of these bytes, raw. Both algorithms hash with SHA-256 first.
  Result<std::string> sign(std::string_view bytes) const;
  /// What p= of the key record holds, in base64.
  const std::string& public_key() const { return public_key_; }

 private:
  std::shared_ptr<evp_pkey_st> key_;
  Algorithm algorithm_ = Algorithm::rsa_sha256;
  int bits_ = 0;
  std::string public_key_;
};

/// "rsa-sha256", "ed25519-sha256"
std::string_view name_of(Algorithm algorithm);

}  // namespace stagecoach::dkim
