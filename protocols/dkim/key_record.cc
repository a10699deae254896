#include "protocols/dkim/key_record.h"

namespace stagecoach::dkim {
namespace {

constexpr std::size_t k_string_max = 255;  // RFC 1035 section 3.3: one octet holds the length

}  // namespace

std::string record_name(std::string_view selector, std::string_view domain) {
  return std::string(selector) + "._domainkey." + std::string(domain);
}

std::string key_record(const SigningKey& key) {
  const char* kind = key.algorithm() == Algorithm::rsa_sha256 ? "rsa" : "ed25519";
  return std::string("v=DKIM1; k=") + kind + "; p=" + key.public_key();
}

std::string txt_strings(std::string_view text) {
  std::string result;
  do {
    if (!result.empty()) result += ' ';
    result += '"';
    for (const char c : text.substr(0, k_string_max)) {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
    result += '"';
    text.remove_prefix(std::min(text.size(), k_string_max));
  } while (!text.empty());
  return result;
}

}  // namespace stagecoach::dkim
