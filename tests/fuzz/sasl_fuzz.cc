// Exchanges, verifiers and base64 with arbitrary bytes; what is read must be what was written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocols/sasl/base64.h"
#include "protocols/sasl/client.h"
#include "protocols/sasl/scram.h"
#include "protocols/sasl/server.h"

using namespace stagecoach::sasl;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 2000) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (decode_base64(encode_base64(text)) != text) std::abort();
  if (const auto bytes = decode_base64(text); bytes && encode_base64(*bytes) != text) std::abort();
  if (const auto verifier = parse_scram_verifier(text);
      verifier && *parse_scram_verifier(to_text(*verifier)) != *verifier)
    std::abort();
  prepare_password(text);
  const auto half = text.size() / 2;
  for (const Mechanism mechanism : {Mechanism::plain, Mechanism::login, Mechanism::scram_sha_256}) {
    ServerExchange server(mechanism, "nonce", "probe");
    const auto step = server.begin(std::string(text.substr(0, half)));
    if (std::holds_alternative<VerifierWanted>(step)) server.verifier_found(std::nullopt);
    const auto next = server.step(text.substr(half));
    // Nobody is logged in without the owner having said so.
    if (std::holds_alternative<Done>(step) || std::holds_alternative<Done>(next)) std::abort();
  }
  if (text.find("i=") == std::string_view::npos || data[0] == 0) {
    ClientExchange client(Mechanism::scram_sha_256, {"a", "b", ""}, "r");
    client.initial_response();
    if (client.step(text.substr(0, half)) && client.step(text.substr(half))) std::abort();
    if (client.finished()) std::abort();
  }
  return 0;
}
