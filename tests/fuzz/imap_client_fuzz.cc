// Whatever a server says: no crash, nothing after the close, and the same events for every split.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "protocols/imap/client_session.h"

using namespace stagecoach;

namespace {

/// The first byte chooses settings, the stream is what the server says; the owner asks for one thing after
/// the other whenever the session is free.
std::string play(std::string_view stream, std::size_t step, std::uint8_t choice, bool asks) {
  auto settings = std::make_shared<imap::ClientSettings>();
  settings->tls = choice & 1 ? imap::ClientTls::stls_if_available : imap::ClientTls::none;
  settings->auth = static_cast<imap::ClientAuth>(choice / 2 % 6);
  settings->credentials = {choice & 64 ? "fr\xc3\xa9"
                                         "d"
                                       : "fred",
                           "secret", ""};
  settings->nonce = "nonce";
  settings->limits = {200, 20, 10, 5, 100};
  imap::ClientSession session(settings);
  std::string log;
  bool closed = false;
  const auto take = [&](const imap::ClientEvents& events) {
    for (const auto& event : events) {
      if (closed) std::abort();
      closed = std::holds_alternative<imap::CloseConnection>(event);
      if (const auto* content = std::get_if<imap::ContentBytes>(&event))
        log += content->bytes;
      else if (!std::holds_alternative<imap::Output>(event))
        log += "{" + std::to_string(event.index()) + "}";
    }
  };
  take(session.connected());
  int next = 0;
  for (std::size_t at = 0; at < stream.size(); at += step) {
    take(session.receive(stream.substr(at, step)));
    if (!asks || !session.is_free()) continue;
    switch (next++) {
      case 0: take(session.list("*")); break;
      case 1: take(session.open("INBOX", false)); break;
      case 2: take(session.list_messages()); break;
      case 3: take(session.fetch(1, imap::ClientSession::Part::whole)); break;
      case 4: take(session.move({1, 2}, "Done")); break;
      case 5: take(session.erase({3})); break;
      case 6: take(session.idle()); break;
      default: take(session.logout()); break;
    }
  }
  take(session.end_idle());
  take(session.connection_lost(unavailable("the end")));
  return log;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  play(stream, 1, data[0], true);
  if (play(stream, 7, data[0], false) != play(stream, stream.size() + 7, data[0], false)) std::abort();
  return 0;
}
