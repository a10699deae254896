#include "actors/password.h"

#include <crypt.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <cstring>
#include <memory>
#include <optional>

#include "actors/node.h"
#include "protocols/sasl/base64.h"
#include "protocols/sasl/digest.h"
#include "protocols/sasl/scram.h"

namespace stagecoach {

namespace {

constexpr unsigned long long k_operations = 2;
constexpr std::size_t k_memory_bytes = 19456 * 1024;
constexpr std::string_view k_plain = "{plain}";
constexpr std::string_view k_argon2 = "$argon2id$";
constexpr std::string_view k_scram = "SCRAM-SHA-256$";
constexpr std::string_view k_crypt = "{CRYPT}";
constexpr std::size_t k_stored_max = 1024;
constexpr long k_crypt_rounds_max = 1'000'000;  // of $5$ and $6$: half a second
constexpr int k_bcrypt_cost_max = 14;           // a second

/// Schemes "{SSHA}base64(digest salt)"; without salt nothing follows the digest.
struct DigestScheme {
  std::string_view name;
  const EVP_MD* (*method)();
  bool salted;
};
constexpr DigestScheme k_digests[] = {
    {"{SSHA}", EVP_sha1, true},      {"{SHA}", EVP_sha1, false},      {"{SMD5}", EVP_md5, true},
    {"{MD5}", EVP_md5, false},       {"{SSHA256}", EVP_sha256, true}, {"{SHA256}", EVP_sha256, false},
    {"{SSHA512}", EVP_sha512, true}, {"{SHA512}", EVP_sha512, false},
};
// Other names of what crypt(3) checks.
constexpr std::string_view k_crypt_names[] = {k_crypt, "{SHA512-CRYPT}", "{SHA256-CRYPT}", "{MD5-CRYPT}",
                                              "{BLF-CRYPT}"};
constexpr std::string_view k_crypt_forms[] = {"$6$", "$5$", "$1$", "$2a$", "$2b$", "$2y$"};

bool begins_ignoring_case(std::string_view text, std::string_view beginning) {
  return equals_ignoring_case(text.substr(0, beginning.size()), beginning);
}

std::string digest_of(const EVP_MD* method, std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, method, nullptr) != 1) return {};
  return {reinterpret_cast<const char*>(digest), size};
}

const DigestScheme* digest_scheme(std::string_view stored) {
  for (const DigestScheme& scheme : k_digests)
    if (begins_ignoring_case(stored, scheme.name)) return &scheme;
  return nullptr;
}

bool matches_digest(const DigestScheme& scheme, std::string_view stored, std::string_view password) {
  const auto bytes = sasl::decode_base64(stored.substr(scheme.name.size()));
  const auto size = static_cast<std::size_t>(EVP_MD_get_size(scheme.method()));
  if (!bytes || bytes->size() < size || (!scheme.salted && bytes->size() != size)) return false;
  const std::string salted = std::string(password) + bytes->substr(size);
  return sasl::equal_in_constant_time(digest_of(scheme.method(), salted),
                                      std::string_view(*bytes).substr(0, size));
}

bool matches_crypt(std::string_view hash, std::string_view password) {
  if (password.find('\0') != std::string_view::npos) return false;  // crypt(3) would stop there
  const auto data = std::make_unique<crypt_data>();
  const std::string setting(hash);
  const char* made = ::crypt_r(std::string(password).c_str(), setting.c_str(), data.get());
  return made && made[0] != '*' && sasl::equal_in_constant_time(made, setting);
}

/// What is behind the name of a crypt(3) scheme; nothing: it is no such form.
std::optional<std::string_view> crypt_hash(std::string_view stored) {
  for (const std::string_view name : k_crypt_names)
    if (begins_ignoring_case(stored, name)) return stored.substr(name.size());
  for (const std::string_view form : k_crypt_forms)
    if (stored.starts_with(form)) return stored;
  return std::nullopt;
}

/// Empty: crypt(3) can check it, and within a second.
std::string crypt_fault(std::string_view hash) {
  std::string_view form;
  for (const std::string_view known : k_crypt_forms)
    if (hash.starts_with(known)) form = known;
  if (form.empty()) return "is no hash of the kinds $6$, $5$, $1$ and $2b$";
  const std::string rest(hash.substr(form.size()));
  if (form[1] == '2' && std::atoi(rest.c_str()) > k_bcrypt_cost_max) return "costs too much to check";
  if (rest.starts_with("rounds=") && std::atol(rest.c_str() + 7) > k_crypt_rounds_max)
    return "costs too much to check";
  const auto data = std::make_unique<crypt_data>();
  const char* made = ::crypt_r("", std::string(hash).c_str(), data.get());
  if (!made || made[0] == '*' || std::strlen(made) != hash.size()) return "is no complete hash";
  return {};
}

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
  if (begins_ignoring_case(stored, k_plain)) {
    const std::string_view secret = stored.substr(k_plain.size());
    return secret.size() == password.size() && !secret.empty() &&
           sodium_memcmp(secret.data(), password.data(), secret.size()) == 0;
  }
  if (stored.starts_with(k_argon2))
    return crypto_pwhash_str_verify(std::string(stored).c_str(), password.data(), password.size()) == 0;
  if (stored.starts_with(k_scram)) {
    const auto verifier = sasl::parse_scram_verifier(stored);
    return verifier && sasl::matches(*verifier, sasl::prepare_password(password));
  }
  if (const DigestScheme* scheme = digest_scheme(stored)) return matches_digest(*scheme, stored, password);
  if (const auto hash = crypt_hash(stored))
    return crypt_fault(*hash).empty() && matches_crypt(*hash, password);
  return false;
}

bool is_outdated(std::string_view stored) {
  return !stored.starts_with(k_argon2) && !begins_ignoring_case(stored, k_plain);
}

Result<std::string> parse_stored_password(std::string_view text) {
  if (text.size() > k_stored_max) return invalid_input("the stored password is too long");
  if (begins_ignoring_case(text, k_plain)) {
    if (text.size() == k_plain.size()) return invalid_input("the stored password is empty");
    return std::string(k_plain) + std::string(text.substr(k_plain.size()));
  }
  if (begins_ignoring_case(text, "{ARGON2ID}")) text.remove_prefix(10);
  if (begins_ignoring_case(text, "{SCRAM}")) text.remove_prefix(7);
  if (text.starts_with(k_argon2)) {
    if (crypto_pwhash_str_needs_rehash(std::string(text).c_str(), k_operations, k_memory_bytes) < 0)
      return invalid_input("the stored password is no complete $argon2id$ hash");
    return std::string(text);
  }
  if (text.starts_with(k_scram)) {
    if (auto verifier = sasl::parse_scram_verifier(text); !verifier) return std::move(verifier.error());
    return std::string(text);
  }
  if (const DigestScheme* scheme = digest_scheme(text)) {
    const auto bytes = sasl::decode_base64(text.substr(scheme->name.size()));
    const auto size = static_cast<std::size_t>(EVP_MD_get_size(scheme->method()));
    if (!bytes || bytes->size() < size ||
        (scheme->salted ? bytes->size() > size + 64 : bytes->size() != size))
      return invalid_input("the stored password is no complete " + std::string(scheme->name) + " hash");
    return std::string(scheme->name) + std::string(text.substr(scheme->name.size()));
  }
  if (const auto hash = crypt_hash(text)) {
    if (const std::string fault = crypt_fault(*hash); !fault.empty())
      return invalid_input("the stored password " + fault);
    return std::string(k_crypt) + std::string(*hash);
  }
  return invalid_input("the stored password has no form that this server knows");
}

std::string scram_verifier_text(std::string_view password) {
  return sasl::to_text(sasl::derive_scram_verifier(sasl::prepare_password(password), random_bytes(16)));
}

std::string random_password() {
  static constexpr char k_letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
  std::string password;
  for (const char byte : random_bytes(16)) {
    if (password.size() % 5 == 4) password += '-';
    password += k_letters[static_cast<unsigned char>(byte) % 32];
  }
  return password;
}

}  // namespace stagecoach
