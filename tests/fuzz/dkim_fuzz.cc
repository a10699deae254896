// The first line chooses pieces, the rest is a message: canonical bodies do not depend on the pieces and are
// canonical already; whatever the header section holds, a signature is one field, and so it stays.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "protocols/dkim/signature.h"
#include "protocols/mime/header.h"

using namespace stagecoach;
using namespace stagecoach::dkim;

static void require(bool promise) {
  if (!promise) std::abort();
}

static std::string canonical(Form form, std::string_view text, std::size_t piece) {
  std::string result;
  CanonicalBody body(form, [&](std::string_view bytes) { result += bytes; });
  for (std::size_t at = 0; at < text.size(); at += piece) body.add(text.substr(at, piece));
  body.finish();
  return result;
}

static const SigningKey& key() {
  static const SigningKey result = SigningKey::parse(
                                       "-----BEGIN PRIVATE KEY-----\n"
                                       "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                                       "-----END PRIVATE KEY-----\n")
                                       .value();
  return result;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] + 1u;
  const std::string_view message(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const Form form : {Form::simple, Form::relaxed}) {
    const std::string whole = canonical(form, message, message.size() + 1);
    require(canonical(form, message, piece) == whole);
    require(canonical(form, whole, piece) == whole);
    Signer signer{"example.com", "s", key(), form, form, {std::string(message.substr(0, 20))}, 1};
    const auto field = signature_field(signer, message, "hash", 1);
    require(field.has_value());
    const auto section = mime::parse_header_section(*field);
    require(signer.more_fields.front().find_first_of(":\r\n ;") != std::string::npos ||
            (section.fields.size() == 1 && section.fields.front().name == "DKIM-Signature"));
  }
  (void)SigningKey::parse(message);
  return 0;
}
