#include "actors/password.h"

#include <sodium.h>

#include "actors/node.h"
#include "protocols/sasl/scram.h"

namespace stagecoach {

namespace {
constexpr unsigned long long k_operations = 2;
constexpr std::size_t k_memory_bytes = 19456 * 1024;
constexpr std::string_view k_plain = "{plain}";
}  // namespace

bool prepare_passwords() { return sodium_init() >= 0; }

std::string hash_password(std::string_view password) {
  char text[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(text, password.data(), password.size(), k_operations, k_memory_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc();  // the only cause
  return text;
}

bool password_matches(std::string_view stored, std::string_view password) {
  if (stored.substr(0, k_plain.size()) == k_plain) {
    const std::string_view secret = stored.substr(k_plain.size());
    return secret.size() == password.size() && !secret.empty() &&
           sodium_memcmp(secret.data(), password.data(), secret.size()) == 0;
  }
  if (stored.substr(0, 9) != "$argon2id") return false;
  return crypto_pwhash_str_verify(std::string(stored).c_str(), password.data(), password.size()) == 0;
}

std::string scram_verifier_text(std::string_view password) {
  return sasl::to_text(sasl::derive_scram_verifier(sasl::prepare_password(password), random_bytes(16)));
}

}  // namespace stagecoach
