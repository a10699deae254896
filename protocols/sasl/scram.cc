#include "protocols/sasl/scram.h"

#include <unicode/usprep.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <vector>

#include "protocols/sasl/base64.h"
#include "protocols/sasl/digest.h"

namespace stagecoach::sasl {
namespace {

constexpr std::string_view k_prefix = "SCRAM-SHA-256$";

struct CloseProfile {
  void operator()(UStringPrepProfile* profile) const { usprep_close(profile); }
};

bool is_plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= ' ' && c < 127; });
}

std::u16string to_utf16(std::string_view utf8) {
  std::u16string text(utf8.size(), u'\0');
  int32_t size = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strFromUTF8(text.data(), static_cast<int32_t>(text.size()), &size, utf8.data(),
                static_cast<int32_t>(utf8.size()), &error);
  text.resize(U_SUCCESS(error) ? static_cast<std::size_t>(size) : 0);
  return text;
}

std::string to_utf8(std::u16string_view text) {
  std::string utf8(text.size() * 3, '\0');
  int32_t size = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strToUTF8(utf8.data(), static_cast<int32_t>(utf8.size()), &size, text.data(),
              static_cast<int32_t>(text.size()), &error);
  utf8.resize(U_SUCCESS(error) ? static_cast<std::size_t>(size) : 0);
  return utf8;
}

}  // namespace

std::string prepare_password(std::string_view utf8) {
  if (is_plain_ascii(utf8) || utf8.size() > 4096) return std::string(utf8);
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UStringPrepProfile, CloseProfile> profile(
      usprep_openByType(USPREP_RFC4013_SASLPREP, &error));
  const std::u16string text = to_utf16(utf8);
  if (U_FAILURE(error) || text.empty()) return std::string(utf8);
  std::u16string prepared(text.size() * 20 + 16, u'\0');
  const int32_t size =
      usprep_prepare(profile.get(), text.data(), static_cast<int32_t>(text.size()), prepared.data(),
                     static_cast<int32_t>(prepared.size()), USPREP_DEFAULT, nullptr, &error);
  if (U_FAILURE(error) || size <= 0) return std::string(utf8);
  return to_utf8(std::u16string_view(prepared).substr(0, static_cast<std::size_t>(size)));
}

ScramVerifier derive_scram_verifier(std::string_view password, std::string_view salt, int iterations) {
  iterations = std::clamp(iterations, 1, k_scram_iterations_max);
  const std::string salted = pbkdf2_sha256(prepare_password(password), salt, iterations);
  return {iterations, std::string(salt), sha256(hmac_sha256(salted, "Client Key")),
          hmac_sha256(salted, "Server Key")};
}

bool matches(const ScramVerifier& verifier, std::string_view password) {
  const ScramVerifier derived = derive_scram_verifier(password, verifier.salt, verifier.iterations);
  return equal_in_constant_time(derived.stored_key, verifier.stored_key);
}

std::string to_text(const ScramVerifier& verifier) {
  return std::string(k_prefix) + std::to_string(verifier.iterations) + ":" + encode_base64(verifier.salt) +
         "$" + encode_base64(verifier.stored_key) + ":" + encode_base64(verifier.server_key);
}

Result<ScramVerifier> parse_scram_verifier(std::string_view text) {
  const Error bad = invalid_input("not a SCRAM-SHA-256 verifier");
  if (!text.starts_with(k_prefix)) return bad;
  text.remove_prefix(k_prefix.size());
  const auto dollar = text.find('$');
  if (dollar == std::string_view::npos) return bad;
  const auto first = text.substr(0, dollar), second = text.substr(dollar + 1);
  const auto first_colon = first.find(':'), second_colon = second.find(':');
  if (first_colon == std::string_view::npos || second_colon == std::string_view::npos) return bad;
  ScramVerifier verifier;
  const char* const end = first.data() + first_colon;
  const auto number = std::from_chars(first.data(), end, verifier.iterations);
  const auto salt = decode_base64(first.substr(first_colon + 1));
  const auto stored = decode_base64(second.substr(0, second_colon));
  const auto server = decode_base64(second.substr(second_colon + 1));
  if (number.ec != std::errc{} || number.ptr != end || verifier.iterations < 1 ||
      verifier.iterations > k_scram_iterations_max)
    return bad;
  if (!salt || salt->empty() || !stored || stored->size() != 32 || !server || server->size() != 32)
    return bad;
  verifier.salt = *salt;
  verifier.stored_key = *stored;
  verifier.server_key = *server;
  return verifier;
}

ScramVerifier fake_scram_verifier(std::string_view user, std::string_view secret) {
  const auto made_up = [&](std::string_view purpose) {
    return hmac_sha256(secret, std::string(purpose) + std::string(user));
  };
  return {k_scram_iterations, made_up("salt:").substr(0, 16), made_up("stored key:"), made_up("server key:")};
}

}  // namespace stagecoach::sasl
