// Any stream gives the same events whole and in pieces, and no bare CR or LF reaches the owner as content.
#include <cstdint>
#include <cstdlib>

#include "tests/protocols/smtp/server_player.h"

using namespace stagecoach;

namespace {

smtp::ServerSettings settings(std::uint8_t choice) {
  smtp::ServerSettings result;
  result.flavour = choice & 1 ? smtp::Flavour::lmtp : smtp::Flavour::smtp;
  result.starttls = choice & 2;
  result.require_encrypted_auth = false;
  result.mechanisms = {sasl::Mechanism::plain, sasl::Mechanism::login, sasl::Mechanism::scram_sha_256};
  result.limits.message_bytes_max = 500;
  result.limits.auth_bytes_max = 300;
  result.limits.command_bytes_max = 200;
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  smtp::ServerPlayer whole(settings(data[0])), pieces(settings(data[0]));
  whole.say(stream, false);
  pieces.say(stream, true);
  if (whole.log() != pieces.log()) std::abort();
  if (whole.log().ends_with("size-differs")) std::abort();
  return 0;
}
