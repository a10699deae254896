// The client's side of one SMTP session (RFC 5321; LMTP RFC 2033): bytes in, events out. It greets, starts
// TLS, logs in, then carries out the transactions given by send(), one after the other, with PIPELINING,
// SIZE, 8BITMIME, SMTPUTF8, DSN and CHUNKING as far as the peer offers them.
//
// What the owner may rely on:
// - A transaction that began (TransactionBegun) gets exactly one MessageResult, whatever happens.
// - SessionFailed is the last event but Close. Transactions that did not begin are the owner's again: next
// host.
// - "delivered" is said only after the peer's positive reply. If the connection breaks between the end of the
//   content and that reply, the outcome is temporary and `unknown` is set: the peer may have it.
// - Everything learned before TLS is forgotten; bytes behind the reply to STARTTLS fail the session
// (injection).
// - Errors read: Error from remote server on "AUTH PLAIN *****" -> 535 5.7.8 …. Secrets are always masked.
// - A question outside of transactions, ask(), comes after the log-in. With AfterAnswer::turn a 250 ends the
//   dialogue without a close: the roles are exchanged (RFC 2645), and a server that has said more already
//   fails the session, for the greeting is ours.
// Bare CR or LF in content leave as CR LF (RFC 5321 section 2.3.8), so nothing can be smuggled through us.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/sasl/client.h"
#include "protocols/smtp/events.h"
#include "protocols/smtp/reply.h"
#include "protocols/smtp/reply_parser.h"
#include "routing/model/envelope.h"
#include "routing/model/result.h"

namespace stagecoach::smtp {

/// How long to wait for the peer (RFC 5321 section 4.5.3.2).
struct ClientTimeouts {
  std::chrono::seconds greeting{300};
  std::chrono::seconds ehlo{60};      // and HELO, LHLO
  std::chrono::seconds starttls{60};  // and the handshake
  std::chrono::seconds auth{60};      // each reply of a login by another mechanism than the next two
  std::chrono::seconds auth_login{60};
  std::chrono::seconds auth_cram_md5{60};
  std::chrono::seconds mail{300};
  std::chrono::seconds rcpt{300};
  std::chrono::seconds data{120};         // for the 354
  std::chrono::seconds content{180};      // a block of content is not taken
  std::chrono::seconds end_of_data{600};  // for the reply that hands over the responsibility
  std::chrono::seconds rset{60};
  std::chrono::seconds abort{60};  // for the reply to the end of a transaction that nobody gets
  std::chrono::seconds quit{60};
  std::chrono::seconds question{60};  // ETRN, ATRN
};

/// opportunistic: when offered, without looking back when it is not. required: fail without. implicit: TLS is
/// on already when connected() is called.
enum class TlsPolicy : std::uint8_t { none, opportunistic, required, implicit };

struct ClientLogin {
  sasl::Credentials credentials;
  std::optional<sasl::Mechanism> mechanism;  // none: the best that is offered
  bool secret_in_clear = false;              // PLAIN and LOGIN also without TLS
};

struct ClientSettings {
  Flavour flavour = Flavour::smtp;  // smtp or lmtp
  std::string ehlo_name;            // our host name
  TlsPolicy tls = TlsPolicy::opportunistic;
  std::optional<ClientLogin> login;
  bool pipelining = true;  // use it when offered
  bool chunking = true;    // use BDAT when offered
  ClientTimeouts timeouts;
  ReplyLimits limits;
};

struct Transaction {
  Envelope envelope;
  std::int64_t size_bytes = 0;  // 0: unknown
  bool eight_bit = false;       // the content has octets above 127
  bool probe = false;           // ends after RCPT: would the recipients be accepted? Nothing is sent
};

/// Who is connected must say what it was doing when it failed.
enum class ClientStage : std::uint8_t {
  connect,
  greeting,
  ehlo,
  starttls,
  auth,
  idle,
  mail,
  rcpt,
  data,
  content,
  end_of_data,
  quit,
  question
};
std::string_view name(ClientStage stage);

enum class Outcome : std::uint8_t { delivered, temporary, permanent };

/// What became of one recipient, and why.
struct RecipientOutcome {
  Outcome outcome = Outcome::temporary;
  Reply reply;                 // of the peer, or ours when `from_peer` is false
  std::string command;         // which command it answers: "RCPT TO:<fred@example.com>", "end of data"
  bool from_peer = false;      // false: decided here (no 8BITMIME, connection lost…)
  bool dsn_passed_on = false;  // delivered, and the peer knows DSN: it reports success, we do not
};

/// News: the next transaction of the queue is on its way.
struct TransactionBegun {};
/// News, as soon as it is known: the reply to RCPT. `index` counts envelope.recipients from 0.
struct RecipientResult {
  std::size_t index = 0;
  Reply reply;
};
/// Call content() with the next bytes when the output is drained. `bytes_max` is advice.
struct ContentWanted {
  std::size_t bytes_max = 256 * 1024;
};
/// The transaction is over; one outcome a recipient, in the order of the envelope.
struct MessageResult {
  std::vector<RecipientOutcome> recipients;
  bool unknown = false;  // the peer may have accepted it
};
/// Nothing left to do: send() or quit(). After a question: answer() has the reply.
struct Idle {};
struct SessionFailed {
  Error error;
  ClientStage stage = ClientStage::connect;
  std::optional<Reply> reply;  // of the peer, when it was one
  bool permanent = false;      // the peer replied 5yz; policies that cannot be met are temporary
};

using ClientEvent = std::variant<Output, StartTls, TransactionBegun, RecipientResult, ContentWanted,
                                 MessageResult, Idle, SessionFailed, Close>;
using ClientEvents = std::vector<ClientEvent>;

/// What the peer announced in its reply to EHLO.
struct PeerExtensions {
  bool extended = false;  // it answered EHLO
  bool pipelining = false;
  bool starttls = false;
  bool eight_bit_mime = false;
  bool smtputf8 = false;
  bool dsn = false;
  bool chunking = false;
  bool size = false;
  bool enhanced_status_codes = false;
  bool etrn = false;
  bool require_tls = false;
  std::int64_t size_bytes_max = 0;  // 0: no limit told
  std::vector<sasl::Mechanism> mechanisms;
};
PeerExtensions parse_ehlo_reply(const Reply& reply);

/// What a positive answer to a question means for the session.
enum class AfterAnswer : std::uint8_t { stay, turn };

class ClientSession {
 public:
  class Core;  // the inside, for the files of the session only

  /// `random`: 16 or more random bytes, for SCRAM's nonce.
  ClientSession(std::shared_ptr<const ClientSettings> settings, std::string random);
  ~ClientSession();
  ClientSession(ClientSession&&) noexcept;
  ClientSession& operator=(ClientSession&&) noexcept;

  /// The TCP connection stands (with implicit TLS: the handshake is done).
  ClientEvents connected();
  ClientEvents receive(std::string_view bytes);
  ClientEvents tls_started();
  /// Before tls_started(): whether the certificate proved who the server is (RFC 8689 section 4.2.1).
  void set_proved(bool proved);
  /// The handshake failed or the certificate does not satisfy. Ends the session.
  ClientEvents tls_failed(Error error);

  /// Adds to the queue. Begins at once when the session is idle.
  ClientEvents send(Transaction transaction);
  /// Before connected(): one command, "ETRN example.com", that is not about a message. Idle says that
  /// answer() is there.
  void ask(std::string command, AfterAnswer after);
  const std::optional<Reply>& answer() const;

  /// Answers ContentWanted. An empty last chunk is fine.
  ClientEvents content(std::string_view bytes, bool last);
  /// The owner cannot provide the content: ends the session, the transaction's outcome is temporary.
  ClientEvents content_failed(Error error);
  /// Says QUIT when the queue is empty.
  ClientEvents quit();

  ClientEvents connection_lost(Error error);
  ClientEvents timed_out();

  /// How long the owner waits now for the peer before it calls timed_out(). Arm anew after each batch of
  /// events.
  std::chrono::seconds timeout() const;
  ClientStage stage() const;
  bool tls() const;
  const PeerExtensions& peer() const;
  const std::string& greeting() const;  // first line of the peer's 220

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace stagecoach::smtp
