// The client's side of a session that asks a server for the mail that waits there: by ETRN the server is made
// to connect to us (RFC 1985), by ATRN this very connection is turned and we become the server (RFC 2645).
// Greeting, EHLO, TLS and log-in are those of ClientSession. Bytes in, events out; nothing throws.
//
// RequestAnswered comes exactly once, whatever happens. After RequestTurned the connection belongs to the
// SMTP server that the owner starts on it; otherwise Close is the last event.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/smtp/client_session.h"

namespace stagecoach::smtp {

enum class MailRequestKind : std::uint8_t { etrn, atrn };

/// What became of it. An Error reads: Error from remote server on "ETRN example.com" -> 459 …
struct RequestAnswered {
  Result<std::string> result;  // the server's reply, with what it means
};
/// Greet: we are the server from here on.
struct RequestTurned {};

using RequestEvent = std::variant<Output, StartTls, RequestAnswered, RequestTurned, Close>;
using RequestEvents = std::vector<RequestEvent>;

class MailRequest {
 public:
  /// `argument`: what follows the command. `random`: 16 or more random bytes.
  MailRequest(MailRequestKind kind, const std::string& argument,
              std::shared_ptr<const ClientSettings> settings, std::string random);

  /// The TCP connection stands (with implicit TLS: the handshake is done).
  RequestEvents connected() { return carry_out(session_.connected()); }
  RequestEvents receive(std::string_view bytes) { return carry_out(session_.receive(bytes)); }
  RequestEvents tls_started() { return carry_out(session_.tls_started()); }
  RequestEvents connection_lost(Error error) { return carry_out(session_.connection_lost(std::move(error))); }
  RequestEvents timed_out() { return carry_out(session_.timed_out()); }

  /// How long the owner waits for the server now. Arm anew after each batch of events.
  std::chrono::seconds timeout() const { return session_.timeout(); }

 private:
  RequestEvents carry_out(ClientEvents events);
  void on(ClientEvent& event, RequestEvents& to);
  void take_answer(RequestEvents& to);
  Result<std::string> judge(const Reply& reply) const;

  MailRequestKind kind_;
  std::string command_;
  ClientSession session_;
  bool answered_ = false;
};

}  // namespace stagecoach::smtp
