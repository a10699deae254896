// The server's side of one SMTP session: bytes in, events out (RFC 5321, submission RFC 6409, LMTP RFC 2033)
// with PIPELINING, SIZE, 8BITMIME, SMTPUTF8, DSN, CHUNKING, STARTTLS, AUTH, ENHANCEDSTATUSCODES, HELP.
//
// The owner carries out the events in order. An offer is the last event of its batch: the session waits for
// the answer named at the event and parses nothing before; bytes given meanwhile keep, up to a limit (do not
// read while waiting()). A decision with code 421 closes. Every transaction that began (its SenderOffered was
// accepted) ends with one MessageOffered or one TransactionReset, unless the connection ends first. Sizes are
// bytes. Nothing throws: what the client does wrong becomes a reply, too much of it a Close.
//
// Line ends. Only CR LF ends a command or a line of content. A command with a bare CR or LF gets 500. Content
// with one is refused as a whole: the session reads on to the real end (CR LF "." CR LF, or the last BDAT
// chunk), then replies 550 5.6.0; so "\n.\n" and its variants neither end content nor reach anybody.
// STARTTLS. Whatever is received behind the STARTTLS command before tls_started() is an injection: the batch
// then ends with Close and the bytes are forgotten. The same events result from every split.
// Paths: see path.h. BINARYMIME is not offered. ETRN, EXPN and TURN are refused, VRFY answers 252.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/sasl/server.h"
#include "protocols/smtp/dot_decoder.h"
#include "protocols/smtp/events.h"
#include "protocols/smtp/parameters.h"
#include "protocols/smtp/reply.h"

namespace stagecoach::smtp {

struct ServerLimits {
  std::int64_t message_bytes_max = 50 * 1024 * 1024;  // announced as SIZE; 0: unlimited
  std::int64_t recipients_max = 1000;                 // of one transaction; the next one gets 452 4.5.3
  std::int64_t text_line_bytes_max = 0;         // a longer line refuses the content; 0: any (998: strict)
  std::size_t command_bytes_max = 2048;         // a command line with CR LF; longer ones get 500
  std::size_t auth_bytes_max = 12288;           // a line of AUTH (RFC 4954 section 4)
  std::size_t pending_bytes_max = 1024 * 1024;  // kept while waiting; more of it closes
  int errors_max = 20;                          // bad commands of a session, then 421
  int refused_recipients_max = 100;             // of a session, then 421
  int transactions_max = 0;                     // of a session, then 421; 0: unlimited
  int failed_logins_max = 3;                    // of a session, then 421
};

struct ServerSettings {
  Flavour flavour = Flavour::smtp;
  std::string hostname;                         // in greeting and EHLO
  std::string greeting = "ESMTP server ready";  // after the hostname
  bool starttls = false;                        // offer STARTTLS (a certificate exists, TLS is not on yet)
  bool require_tls = false;                     // MAIL and AUTH get 530 before STARTTLS
  bool require_auth = false;                    // MAIL gets 530 before AUTH; submission always asks
  bool require_encrypted_auth = true;           // PLAIN and LOGIN only with TLS
  std::vector<sasl::Mechanism> mechanisms;      // offered by AUTH; empty: no AUTH
  bool dsn = true;
  bool chunking = true;
  bool smtputf8 = true;
  std::string probe_secret;  // see sasl::fake_scram_verifier
  ServerLimits limits;
};

/// HELO, EHLO, LHLO. Answer: decided(); the reply's text is used only for a refusal.
struct HeloOffered {
  std::string name;
  bool extended = true;  // EHLO or LHLO
};
/// Answer: password_checked().
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
/// News: from here on the session is that of the user.
struct Authenticated {
  std::string authzid;
  std::string user;
};
/// News for those who count. `user` may be empty.
struct AuthenticationFailed {
  std::string user;
  std::string reason;
};
/// MAIL. Answer: decided().
struct SenderOffered {
  std::string reverse_path;  // empty: <>
  MailParameters parameters;
};
/// RCPT. Answer: decided().
struct RecipientOffered {
  EnvelopeRecipient recipient;
};
/// News: content follows (354 was sent, or BDAT came).
struct ContentBegun {};
/// Content as it will be kept: dots removed, CR LF exact. May come in any sizes.
struct ContentBytes {
  std::string bytes;
};
/// The content is complete. Answer: decided(), for LMTP with one reply an accepted recipient.
struct MessageOffered {
  std::int64_t size_bytes = 0;
};
/// News: forget the transaction and its content (RSET, a new EHLO, content that was refused…).
struct TransactionReset {};

using ServerEvent = std::variant<Output, StartTls, HeloOffered, PasswordOffered, VerifierWanted,
                                 Authenticated, AuthenticationFailed, SenderOffered, RecipientOffered,
                                 ContentBegun, ContentBytes, MessageOffered, TransactionReset, Close>;
using ServerEvents = std::vector<ServerEvent>;

class ServerSession {
 public:
  class Core;  // the inside, for the files of the session only

  /// `random`: 16 or more random bytes, for SCRAM's nonces.
  ServerSession(std::shared_ptr<const ServerSettings> settings, std::string random);
  ~ServerSession();
  ServerSession(ServerSession&&) noexcept;
  ServerSession& operator=(ServerSession&&) noexcept;

  /// When the client has connected; `tls`: its handshake is done already (implicit TLS).
  ServerEvents greet(bool tls = false);
  /// Instead of greet(): 554 for who may not connect, 421 for too many. Closes.
  ServerEvents refuse(Reply reply);
  /// Any split of the stream gives the same events (content may come in other portions).
  ServerEvents receive(std::string_view bytes);

  ServerEvents decided(Reply reply);
  /// LMTP after MessageOffered: one reply an accepted recipient, in their order. A missing one is 451.
  ServerEvents decided(std::vector<Reply> replies);
  ServerEvents password_checked(sasl::PasswordVerdict verdict);
  ServerEvents verifier_found(std::optional<sasl::ScramVerifier> verifier);
  ServerEvents verifier_unavailable();
  ServerEvents tls_started();

  /// Between ContentBegun and MessageOffered: the rest is read and forgotten, then this reply given.
  ServerEvents refuse_content(Reply reply);

  /// The owner's wishes; each says 421 and closes. Not in the middle of a decision's effects: 421 comes at
  /// once.
  ServerEvents timed_out();      // no input for too long
  ServerEvents shutting_down();  // the server stops
  ServerEvents overloaded();

  bool waiting() const;     // for an answer of the owner: do not read
  bool in_content() const;  // for timeouts: content may take longer
  bool closed() const;
  bool spoke_first() const;  // the client sent bytes before the greeting (RFC 5321 section 4.3.1)
  bool tls() const;
  bool extended() const;  // EHLO or LHLO was used
  const std::string& helo() const;
  const std::string& user() const;  // who logged in; empty: nobody

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace stagecoach::smtp
