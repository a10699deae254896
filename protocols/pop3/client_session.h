// The client's side of one POP3 session, as a collector uses it: bytes in, events out. It greets, asks CAPA,
// starts TLS, logs in, reads STAT, LIST and UIDL, says Ready; then the owner gives commands. Commands queue;
// with PIPELINING several are under way. Tolerates servers without CAPA, UIDL or PIPELINING, and bare LF at
// the end of replies. Every line, list and count that the server sends has a limit. Errors read: Error from
// remote server on "PASS *****" -> -ERR authorization failed. Secrets are always masked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/pop3/events.h"
#include "protocols/sasl/client.h"
#include "routing/model/result.h"

namespace stagecoach::pop3 {

/// `ssl`: TLS is on already when connected() is called. `stls`: fails when the server does not offer it.
enum class ClientTls : std::uint8_t { none, ssl, stls, stls_if_available };
/// plain is USER and PASS, or SASL PLAIN when the server names that alone. The SASL ones need a server with
/// AUTH (RFC 5034).
enum class ClientAuth : std::uint8_t { plain, apop, cram_md5, sasl_plain, xoauth2 };

struct ClientLimits {
  std::size_t line_bytes_max = 4096;   // of a reply or list line, not of a message
  std::size_t messages_max = 1000000;  // of a maildrop
  std::int64_t message_bytes_max = 0;  // a longer one fails the session; 0: unlimited
};

struct ClientSettings {
  ClientTls tls = ClientTls::stls_if_available;
  ClientAuth auth = ClientAuth::plain;
  sasl::Credentials credentials;
  bool sizes = true;                 // ask LIST; without it sizes are 0 ("fastest method")
  bool normalise_line_ends = false;  // a bare CR or LF in a message becomes CR LF
  ClientLimits limits;
};

struct RemoteMessage {
  std::size_t number = 0;
  std::int64_t size_bytes = 0;
  std::string uid;  // empty when the server has no UIDL
};
/// Logged in; what is there. Commands may be given.
struct Ready {
  std::vector<RemoteMessage> messages;
  bool has_uidl = false;
};
/// Of the message that is being retrieved: dots removed.
struct ContentBytes {
  std::string bytes;
};
struct MessageEnd {
  std::size_t number = 0;
};
/// The server marked it; it is gone when Finished came.
struct Erased {
  std::size_t number = 0;
};
/// The server refused this one command (-ERR); the session goes on.
struct CommandFailed {
  std::size_t number = 0;
  Error error;
};
/// QUIT was answered with +OK: deletions are done. Close follows.
struct Finished {};
/// The session is over; deletions did not happen. Close follows.
struct Failed {
  Error error;
  bool login_refused = false;  // by the server: name or password are wrong, or the token is too old
};

using ClientEvent = std::variant<Output, StartTls, Ready, ContentBytes, MessageEnd, Erased, CommandFailed,
                                 Finished, Failed, Close>;
using ClientEvents = std::vector<ClientEvent>;

class ClientSession {
 public:
  class Core;  // the inside, for the files of the session only

  explicit ClientSession(std::shared_ptr<const ClientSettings> settings);
  ~ClientSession();
  ClientSession(ClientSession&&) noexcept;
  ClientSession& operator=(ClientSession&&) noexcept;

  ClientEvents connected();
  ClientEvents receive(std::string_view bytes);
  ClientEvents tls_started();
  ClientEvents tls_failed(Error error);

  /// After Ready. Each answers with MessageEnd (ContentBytes before it), Erased or CommandFailed, in order.
  ClientEvents retrieve(std::size_t number);
  ClientEvents top(std::size_t number, std::size_t lines);
  ClientEvents erase(std::size_t number);
  ClientEvents quit();

  ClientEvents connection_lost(Error error);
  ClientEvents timed_out();

  bool tls() const;
  bool idle() const;  // ready, and nothing under way

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace stagecoach::pop3
