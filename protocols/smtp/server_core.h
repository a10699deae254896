// The inside of ServerSession. The stream and the answers of the owner are in server_session.cc, the commands
// in server_commands.cc, transactions and content in server_transaction.cc, AUTH in server_auth.cc.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/smtp/line_end_scanner.h"
#include "protocols/smtp/server_session.h"
#include "routing/model/address.h"

namespace stagecoach::smtp {

class ServerSession::Core {
 public:
  /// How far the order of commands has come (RFC 5321 section 4.1.4).
  enum class Phase { connected, ready, mail, rcpt, bdat };
  /// What the next bytes are.
  enum class Mode { greeting, command, auth, data, bdat, deciding, starttls, closed };
  enum class Offer { none, helo, mail, rcpt, message, password, verifier };

  Core(std::shared_ptr<const ServerSettings> settings, std::string random)
      : settings(std::move(settings)), random(std::move(random)) {}

  // The stream
  ServerEvents events_so_far() { return std::exchange(events, {}); }
  void greet(bool tls_on);
  void receive(std::string_view bytes);
  void go_on();  // with what was kept
  void consume(std::string_view& input);
  bool consume_line(std::string_view& input);
  void handle_line(std::string_view line);
  void write(const Reply& reply);
  void complain(const Reply& reply);    // counts as an error of the client
  void close_with(const Reply& reply);  // says it and closes
  void close();
  template <class Event>
  void offer(Offer what, Event event) {
    pending = what;
    mode = Mode::deciding;
    events.emplace_back(std::move(event));
  }

  // Answers of the owner
  void decided(std::vector<Reply> replies);
  void sender_decided(const Reply& reply);
  void recipient_decided(const Reply& reply);

  // Commands
  struct Command {
    std::string_view verb;
    unsigned phases;  // bits of Phase
    void (Core::*handle)(std::string_view argument);
  };
  static const Command k_commands[];
  void run(std::string_view line);
  void helo(std::string_view argument) { hello(argument, false); }
  void ehlo(std::string_view argument) { hello(argument, true); }
  void hello(std::string_view argument, bool extended);
  void helo_decided(const Reply& reply);
  std::string capabilities() const;
  void starttls(std::string_view argument);
  void rset(std::string_view argument);
  void noop(std::string_view argument);
  void help(std::string_view argument);
  void vrfy(std::string_view argument);
  void refused(std::string_view argument);
  void quit(std::string_view argument);

  // Transactions
  void mail(std::string_view argument);
  void rcpt(std::string_view argument);
  void data(std::string_view argument);
  void bdat(std::string_view argument);
  std::optional<Reply> not_ready_for_mail() const;
  Extensions extensions() const;
  void begin_content();
  void data_bytes(std::string_view& input);
  void bdat_bytes(std::string_view& input);
  void bdat_chunk_done();
  void keep_content(std::string bytes, bool bare_line_end, std::int64_t longest_line);
  void refuse_content(Reply reply);
  void end_of_content();
  void content_refused();
  void end_transaction();    // silently
  void reset_transaction();  // with TransactionReset when one had begun

  // AUTH
  void auth(std::string_view argument);
  bool may_use(sasl::Mechanism mechanism) const;
  std::string offered_mechanisms() const;
  void auth_line(std::string_view line);
  void carry_out(sasl::ServerStep step);
  void auth_failed(const sasl::Failed& failed);
  void password_checked(sasl::PasswordVerdict verdict);
  void verifier_found(std::optional<sasl::ScramVerifier> verifier);
  void auth_unavailable();

  const ServerLimits& limits() const { return settings->limits; }
  bool lmtp() const { return settings->flavour == Flavour::lmtp; }

  std::shared_ptr<const ServerSettings> settings;
  std::string random;
  ServerEvents events;

  Mode mode = Mode::greeting;
  Phase phase = Phase::connected;
  Offer pending = Offer::none;
  std::string buffer;  // input that was not parsed yet, from `offset`
  std::size_t offset = 0;
  std::size_t scanned = 0;  // of the unparsed input: has no CR LF
  bool skipping = false;    // the rest of a line that was too long
  bool early = false;

  bool tls = false;
  bool extended = false;
  std::string helo_name;
  std::string offered_helo;
  bool offered_extended = false;
  std::string user;

  int errors = 0;
  int refused_recipients = 0;
  int failed_logins = 0;
  int auth_attempts = 0;
  int transactions = 0;

  bool smtputf8 = false;      // of the transaction
  std::int64_t accepted = 0;  // recipients of the transaction
  bool recipient_tried = false;
  DotDecoder decoder;
  LineEndScanner scanner;
  std::int64_t content_bytes = 0;
  std::optional<Reply> content_refusal;
  std::uint64_t chunk_left = 0;
  bool chunk_last = false;
  std::optional<Reply> chunk_refusal;  // the chunk belongs to no transaction: read and answered with this

  std::unique_ptr<sasl::ServerExchange> exchange;
};

}  // namespace stagecoach::smtp
