// The server's side of one POP3 session: bytes in, events out (RFC 1939 whole, CAPA and RESP-CODES RFC 2449,
// STLS RFC 2595, AUTH RFC 5034, AUTH-RESP-CODE RFC 3206, UTF8 RFC 6856 without LANG). Literal replies are
// those of the specification (docs/reference/pop3.md): "+OK 5 messages (61241 octets)".
//
// The owner carries out the events in order. A question is the last event of its batch: the session waits for
// the answer named there; bytes given meanwhile keep, up to a limit (do not read while waiting()). The
// maildrop is a snapshot: what arrives later is not seen. Deletions happen at QUIT (DeleteAndQuit), never
// when the connection just ends. The owner holds the mailbox's lock from opened() until the session closes.
// Content is pulled range by range, so that a message of any size costs little memory.
// A command may end with LF alone, as people type it. Bytes received behind STLS close the session
// (injection).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/pop3/events.h"
#include "protocols/sasl/server.h"
#include "routing/model/ids.h"
#include "routing/model/result.h"

namespace stagecoach::pop3 {

struct ServerLimits {
  std::size_t command_bytes_max = 512;  // RFC 2449 asks for 255
  std::size_t auth_bytes_max = 12288;
  std::size_t pending_bytes_max = 256 * 1024;  // kept while waiting; more of it closes
  int errors_max = 50;                         // bad commands of a session
  int failed_logins_max = 3;
  std::size_t range_bytes = 256 * 1024;  // of one ContentWanted
};

struct ServerSettings {
  std::string hostname;                        // for APOP's timestamp
  std::string greeting = "POP3 server ready";  // after "+OK "
  std::string implementation = "Stagecoach";   // in CAPA; empty: not told
  bool stls = false;                           // offer STLS (a certificate exists, TLS is not on yet)
  bool require_tls = false;                    // log-ins are refused before STLS
  bool require_encrypted_auth = false;         // USER/PASS, PLAIN and LOGIN only with TLS
  bool apop = false;                           // needs passwords that can be read
  bool trim_trailing_blank_lines = false;      // for a client that hangs on them
  std::vector<sasl::Mechanism> mechanisms{sasl::Mechanism::plain};
  std::string probe_secret;  // see sasl::fake_scram_verifier
  ServerLimits limits;
};

struct Message {
  std::int64_t size_bytes = 0;
  std::string uid;  // 1 to 70 printable ASCII characters, never used again
  ContentId content;
};
struct MaildropSnapshot {
  std::vector<Message> messages;
};

/// PASS, AUTH PLAIN, AUTH LOGIN. Answer: password_checked().
struct PasswordOffered {
  std::string authzid;
  std::string user;
  std::string password;
};
/// SCRAM. Answer: verifier_found() or verifier_unavailable(). Users who may not log in have none.
struct VerifierWanted {
  std::string authzid;
  std::string user;
};
/// APOP: `digest` is the lower case hex MD5 of timestamp + password. Answer: password_checked().
struct ApopOffered {
  std::string user;
  std::string timestamp;
  std::string digest;
};
/// News for those who count.
struct AuthenticationFailed {
  std::string user;
  std::string reason;
};
/// Logged in: lock the mailbox and take the snapshot. Answer: opened().
struct MailboxWanted {
  std::string authzid;
  std::string user;
};
/// Answer: content() with exactly these bytes (fewer end the message early), or content_failed().
struct ContentWanted {
  std::size_t index = 0;  // in the snapshot, from 0
  ContentId content;
  std::int64_t offset = 0;
  std::int64_t length = 0;
  bool retrieves = false;  // RETR, not TOP: the client fetches the message
};
/// QUIT with deletions. Answer: deleted().
struct DeleteAndQuit {
  std::vector<std::size_t> indices;  // in the snapshot, ascending
};

using ServerEvent = std::variant<Output, StartTls, PasswordOffered, VerifierWanted, ApopOffered,
                                 AuthenticationFailed, MailboxWanted, ContentWanted, DeleteAndQuit, Close>;
using ServerEvents = std::vector<ServerEvent>;

class ServerSession {
 public:
  class Core;  // the inside, for the files of the session only

  /// `random`: 16 or more random bytes, for the nonces of SCRAM and APOP.
  ServerSession(std::shared_ptr<const ServerSettings> settings, std::string random);
  ~ServerSession();
  ServerSession(ServerSession&&) noexcept;
  ServerSession& operator=(ServerSession&&) noexcept;

  /// When the client has connected; `tls`: its handshake is done already (implicit TLS).
  ServerEvents greet(bool tls = false);
  /// Instead of greet(): "-ERR text", closes.
  ServerEvents refuse(std::string_view text);
  /// Any split of the stream gives the same events.
  ServerEvents receive(std::string_view bytes);

  ServerEvents password_checked(sasl::PasswordVerdict verdict);
  ServerEvents verifier_found(std::optional<sasl::ScramVerifier> verifier);
  ServerEvents verifier_unavailable();
  /// conflict: [IN-USE], the mailbox is locked by another session; unavailable, limit_reached, internal:
  /// [SYS/TEMP]; others: [AUTH].
  ServerEvents opened(Result<MaildropSnapshot> maildrop);
  ServerEvents content(std::string_view bytes);
  /// Before the first byte of a message: -ERR. Later the session closes: the client must not take a part for
  /// all.
  ServerEvents content_failed(const Error& error);
  ServerEvents deleted(Result<void> result);
  ServerEvents tls_started();

  /// Closes without deleting (RFC 1939 section 3); says nothing.
  ServerEvents timed_out();
  /// "-ERR [SYS/TEMP] …", closes without deleting.
  ServerEvents shutting_down();

  bool waiting() const;
  bool closed() const;
  bool tls() const;
  const std::string& user() const;  // who is logged in; empty: nobody

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace stagecoach::pop3
