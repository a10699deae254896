// The inside of ClientSession. The stream and greeting are in client_session.cc, EHLO, TLS and AUTH in
// client_login.cc, transactions in client_transaction.cc.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/smtp/client_session.h"
#include "protocols/smtp/dot_encoder.h"

namespace stagecoach::smtp {

class ClientSession::Core {
 public:
  enum class State { start, running, handshake, idle, quitting, turned, closed };
  /// What a reply answers.
  enum class Kind {
    greeting,
    ehlo,
    helo,
    starttls,
    auth,
    mail,
    rcpt,
    data,
    abandoned_data,
    end_of_data,
    bdat,
    rset,
    quit,
    question
  };
  struct Expected {
    Kind kind = Kind::greeting;
    std::size_t index = 0;  // of the recipient, for rcpt and (LMTP) end_of_data
    std::string command;    // as errors show it: without secrets
  };
  struct Command {
    Expected expected;
    std::string wire;
  };

  Core(std::shared_ptr<const ClientSettings> settings, std::string random)
      : settings(std::move(settings)), random(std::move(random)), parser(this->settings->limits) {}

  // The stream
  ClientEvents events_so_far() { return std::exchange(events, {}); }
  void receive(std::string_view bytes);
  void on_reply(const Reply& reply);
  void unexpected(const Reply& reply);
  void command(Kind kind, std::string line, std::string shown = {}, std::size_t index = 0);
  void expect(Expected expected) { in_flight.push_back(std::move(expected)); }
  void pump();  // writes commands as far as PIPELINING allows
  void output(std::string_view bytes);
  void fail(Error error, std::optional<Reply> reply = std::nullopt);
  void fail_on(const Expected& expected, const Reply& reply);
  void close();
  ClientStage stage() const;
  std::chrono::seconds timeout() const;
  bool pipelining() const { return settings->pipelining && peer.pipelining; }
  bool lmtp() const { return settings->flavour == Flavour::lmtp; }

  // EHLO, TLS, AUTH
  void greeted(const Expected& expected, const Reply& reply);
  void say_ehlo();
  void ehlo_answered(const Expected& expected, const Reply& reply);
  void helo_answered(const Expected& expected, const Reply& reply);
  void after_ehlo();
  void starttls_answered(const Expected& expected, const Reply& reply);
  void log_in();
  void auth_answered(const Expected& expected, const Reply& reply);

  // Questions
  void question_answered(const Reply& reply);

  // Transactions
  void next_transaction();
  void say_quit();
  std::optional<Reply> refuse_here() const;  // what the peer could not take
  void begin_transaction();
  std::string mail_command() const;
  std::string rcpt_command(const EnvelopeRecipient& recipient) const;
  void mail_answered(const Expected& expected, const Reply& reply);
  void rcpt_answered(const Expected& expected, const Reply& reply);
  void after_recipients();
  void data_answered(const Expected& expected, const Reply& reply);
  void abandoned_data_answered();
  void want_content();
  void content(std::string_view bytes, bool last);
  void bdat_answered(const Expected& expected, const Reply& reply);
  void end_of_data_answered(const Expected& expected, const Reply& reply);
  void expect_end_of_data();
  void settle(std::size_t index, const Reply& reply, std::string command, bool from_peer);
  void settle_all(const Reply& reply, const std::string& command, bool from_peer);
  void finish_if_done();
  bool accepted_any() const;

  std::shared_ptr<const ClientSettings> settings;
  std::string random;
  ClientEvents events;
  State state = State::start;
  ReplyParser parser;
  std::deque<Command> to_send;
  std::deque<Expected> in_flight;
  PeerExtensions peer;
  std::string greeting;
  bool tls = false;
  bool proved = false;  // the certificate showed who the server is
  std::unique_ptr<sasl::ClientExchange> exchange;
  std::optional<std::string> initial_response;  // too long for the command line
  std::string auth_shown;
  sasl::Mechanism auth_mechanism{};  // while a reply of a login is awaited

  std::string question;  // not asked yet
  AfterAnswer after_answer = AfterAnswer::stay;
  std::optional<Reply> answer;

  std::deque<Transaction> queue;
  bool quit_wanted = false;
  bool needs_rset = false;

  std::optional<Transaction> current;
  struct RecipientState {
    bool settled = false;
    bool accepted = false;
    RecipientOutcome outcome;
  };
  std::vector<RecipientState> recipients;
  std::size_t rcpt_open = 0;  // MAIL and RCPT that are not answered
  bool mail_refused = false;
  bool mail_accepted = false;
  bool data_sent = false;  // DATA is on its way
  bool bdat = false;
  bool content_open = false;      // 354 was given, or BDAT goes on
  bool content_asked = false;     // ContentWanted waits for content()
  bool content_complete = false;  // the end of the content was sent
  DotEncoder encoder{DotEncoder::Dots::stuff, DotEncoder::LineEnds::normalise};
};

}  // namespace stagecoach::smtp
