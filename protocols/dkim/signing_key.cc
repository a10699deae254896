#include "protocols/dkim/signing_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "protocols/sasl/base64.h"
#include "protocols/sasl/digest.h"

namespace stagecoach::dkim {
namespace {

constexpr std::size_t k_pem_bytes_max = 64 * 1024, k_ed25519_bytes = 32;
constexpr std::string_view k_begin = "-----BEGIN ", k_end = "-----END ", k_dashes = "-----";

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

struct Block {
  std::string label, bytes;
};

/// The first block that is a key; without OpenSSL's readers of files, which belong to BIO.
Result<Block> read_block(std::string_view pem) {
  if (pem.size() > k_pem_bytes_max) return limit_reached("is too large for a key");
  const auto begin = pem.find(k_begin);
  if (begin == std::string_view::npos) return invalid_input("is no PEM file");
  const auto label_at = begin + k_begin.size();
  const auto label_end = pem.find(k_dashes, label_at);
  if (label_end == std::string_view::npos) return invalid_input("is no PEM file");
  Block block{std::string(pem.substr(label_at, label_end - label_at)), {}};
  const auto text_at = label_end + k_dashes.size();
  const auto end = pem.find(std::string(k_end) + block.label, text_at);
  if (end == std::string_view::npos) return invalid_input("ends before the key does");
  if (pem.substr(text_at, end - text_at).find("ENCRYPTED") != std::string_view::npos ||
      block.label.starts_with("ENCRYPTED"))
    return invalid_input("has a password; the server needs a key without one");
  if (block.label.find("PRIVATE KEY") == std::string::npos)
    return invalid_input("holds a " + block.label + ", not a private key");
  std::string base64;
  for (const char c : pem.substr(text_at, end - text_at))
    if (c != '\r' && c != '\n' && c != ' ' && c != '\t') base64 += c;
  auto bytes = sasl::decode_base64(base64);
  if (!bytes) return invalid_input("is no right base64");
  block.bytes = std::move(*bytes);
  return block;
}

std::string rsa_public_key(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return {};
  std::string result(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return result;
}

std::string ed25519_public_key(EVP_PKEY* key) {
  std::string result(k_ed25519_bytes, '\0');
  std::size_t size = result.size();
  if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(result.data()), &size) != 1)
    return {};
  return result;
}

}  // namespace

std::string_view name_of(Algorithm algorithm) {
  return algorithm == Algorithm::rsa_sha256 ? "rsa-sha256" : "ed25519-sha256";
}

Result<SigningKey> SigningKey::parse(std::string_view pem) {
  auto block = read_block(pem);
  if (!block) return std::move(block.error());
  const unsigned char* at = octets(block->bytes);
  SigningKey result;
  result.key_.reset(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(block->bytes.size())), EVP_PKEY_free);
  ERR_clear_error();  // what it has tried in vain stays in the thread's list otherwise
  if (!result.key_) return invalid_input("holds no key that can be read");
  EVP_PKEY* key = result.key_.get();
  result.bits_ = EVP_PKEY_get_bits(key);
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519) {
    result.algorithm_ = Algorithm::ed25519_sha256;
    result.public_key_ = sasl::encode_base64(ed25519_public_key(key));
  } else if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
    if (result.bits_ < k_rsa_bits_min)
      return invalid_input("has " + std::to_string(result.bits_) + " bits; RSA needs at least 1024");
    result.public_key_ = sasl::encode_base64(rsa_public_key(key));
  } else {
    return invalid_input("is neither an RSA nor an Ed25519 key");
  }
  if (result.public_key_.empty()) return invalid_input("has no public part");
  return result;
}

Result<std::string> SigningKey::sign(std::string_view bytes) const {
  const bool rsa = algorithm_ == Algorithm::rsa_sha256;
  // RFC 8463 section 3: Ed25519 signs the hash, not the bytes.
  const std::string hash = rsa ? std::string() : sasl::sha256(bytes);
  const std::string_view input = rsa ? bytes : std::string_view(hash);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  std::size_t size = signature.size();
  const bool done =
      context &&
      EVP_DigestSignInit(context.get(), nullptr, rsa ? EVP_sha256() : nullptr, nullptr, key_.get()) == 1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, octets(input),
                     input.size()) == 1;
  ERR_clear_error();
  if (!done) return internal_error("libcrypto could not sign");
  signature.resize(size);
  return signature;
}

}  // namespace stagecoach::dkim
