#include "protocols/sasl/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace stagecoach::sasl {
namespace {

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string digest(const EVP_MD* kind, std::string_view bytes) {
  unsigned char result[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), result, &size, kind, nullptr) != 1) size = 0;
  return {reinterpret_cast<char*>(result), size};
}

std::string hmac(const EVP_MD* kind, std::string_view key, std::string_view bytes) {
  unsigned char result[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  static const char empty = 0;  // HMAC() takes a null key for "the key of last time"
  const void* start = key.empty() ? &empty : key.data();
  if (!HMAC(kind, start, static_cast<int>(key.size()), octets(bytes), bytes.size(), result, &size)) size = 0;
  return {reinterpret_cast<char*>(result), size};
}

}  // namespace

std::string sha256(std::string_view bytes) { return digest(EVP_sha256(), bytes); }
std::string md5(std::string_view bytes) { return digest(EVP_md5(), bytes); }
std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  return hmac(EVP_sha256(), key, bytes);
}
std::string hmac_md5(std::string_view key, std::string_view bytes) { return hmac(EVP_md5(), key, bytes); }

std::string pbkdf2_sha256(std::string_view password, std::string_view salt, int iterations) {
  unsigned char result[32] = {};
  PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), octets(salt),
                    static_cast<int>(salt.size()), iterations, EVP_sha256(), sizeof result, result);
  return {reinterpret_cast<char*>(result), sizeof result};
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const unsigned char c : bytes) {
    text += "0123456789abcdef"[c >> 4];
    text += "0123456789abcdef"[c & 15];
  }
  return text;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace stagecoach::sasl
