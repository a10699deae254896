// Whatever a server says: no crash, nothing after Close, and the same events for every split.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "protocols/pop3/client_session.h"

using namespace stagecoach;

namespace {

std::string play(std::string_view stream, std::size_t step, std::uint8_t choice) {
  auto settings = std::make_shared<pop3::ClientSettings>();
  settings->tls = choice & 1 ? pop3::ClientTls::stls_if_available : pop3::ClientTls::none;
  settings->auth = static_cast<pop3::ClientAuth>(choice / 2 % 5);
  settings->credentials = {"fred", "secret", ""};
  settings->limits.line_bytes_max = 100;
  settings->limits.messages_max = 10;
  settings->normalise_line_ends = choice & 64;
  pop3::ClientSession session(settings);
  std::string log;
  bool closed = false;
  const auto take = [&](const pop3::ClientEvents& events) {
    for (const auto& event : events) {
      if (closed) std::abort();
      closed = std::holds_alternative<pop3::Close>(event);
      if (const auto* content = std::get_if<pop3::ContentBytes>(&event))
        log += content->bytes;
      else if (!std::holds_alternative<pop3::Output>(event))
        log += "{" + std::to_string(event.index()) + "}";
    }
  };
  take(session.connected());
  bool given = false;
  for (std::size_t at = 0; at < stream.size(); at += step) {
    take(session.receive(stream.substr(at, step)));
    if (step == 1 && !given && session.idle()) {
      given = true;
      take(session.retrieve(1));
      take(session.erase(1));
      take(session.quit());
    }
  }
  return log;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  play(stream, 1, data[0]);
  if (play(stream, 7, data[0]) != play(stream, stream.size() + 7, data[0])) std::abort();
  return 0;
}
