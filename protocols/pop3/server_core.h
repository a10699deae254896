// The inside of ServerSession. The stream and the answers of the owner are in server_session.cc, commands in
// server_commands.cc, messages and their content in server_messages.cc, log-ins in server_auth.cc.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/pop3/content_filter.h"
#include "protocols/pop3/server_session.h"
#include "protocols/smtp/dot_encoder.h"
#include "routing/model/address.h"

namespace stagecoach::pop3 {

/// One message on its way to the client.
struct Sending {
  std::size_t index = 0;
  std::int64_t offset = 0;
  bool begun = false;
  std::optional<TopFilter> top;
  std::optional<TrailingBlankLines> trim;
  smtp::DotEncoder encoder{smtp::DotEncoder::Dots::stuff, smtp::DotEncoder::LineEnds::exact};
};

class ServerSession::Core {
 public:
  enum class Mode { greeting, command, auth, deciding, starttls, closed };
  enum class Question { none, password, verifier, apop, mailbox, content, deletion };

  Core(std::shared_ptr<const ServerSettings> settings, std::string random)
      : settings(std::move(settings)), random(std::move(random)) {}

  // The stream
  ServerEvents events_so_far() { return std::exchange(events, {}); }
  void greet(bool tls_on);
  void receive(std::string_view bytes);
  void go_on();
  void consume(std::string_view& input);
  void handle_line(std::string_view line);
  std::string& output();  // the Output that ends the events
  void say(std::string_view line);
  void complain(std::string_view line);  // counts as an error of the client
  void close_with(std::string_view line);
  void close();
  template <class Event>
  void ask(Question what, Event event) {
    question = what;
    mode = Mode::deciding;
    events.emplace_back(std::move(event));
  }
  bool answers(Question what) {
    if (mode != Mode::deciding || question != what) return false;
    question = Question::none;
    mode = Mode::command;
    return true;
  }

  // Commands
  struct Command {
    std::string_view verb;
    bool before_login;
    bool after_login;
    void (Core::*handle)(std::string_view argument);
  };
  static const Command k_commands[];
  void run(std::string_view line);
  void capa(std::string_view argument);
  void stls(std::string_view argument);
  void utf8(std::string_view argument);
  void noop(std::string_view argument);
  void quit(std::string_view argument);

  // Log-in
  void user_name(std::string_view argument);
  void pass(std::string_view argument);
  void apop(std::string_view argument);
  void auth(std::string_view argument);
  bool may_log_in_here();
  bool may_use(sasl::Mechanism mechanism) const;
  std::string offered_mechanisms() const;
  std::string timestamp() const;
  void auth_line(std::string_view line);
  void carry_out(sasl::ServerStep step);
  void login_failed(const std::string& name, const std::string& reason);
  void login_unavailable();
  void password_checked(sasl::PasswordVerdict verdict);
  void verifier_found(std::optional<sasl::ScramVerifier> verifier);
  void opened(Result<MaildropSnapshot> result);

  // Messages
  void stat(std::string_view argument);
  void list(std::string_view argument);
  void uidl(std::string_view argument);
  void retr(std::string_view argument);
  void top(std::string_view argument);
  void dele(std::string_view argument);
  void rset(std::string_view argument);
  template <class Describe>
  void listing(std::string_view argument, Describe describe);
  std::optional<std::size_t> message(std::string_view argument);  // its index; complains when there is none
  std::string summary() const;                                    // "5 messages (61241 octets)"
  void begin_content(std::size_t index, std::optional<std::uint64_t> lines);
  void ask_content();
  void content(std::string_view bytes);
  void content_failed(const Error& error);
  void deleted_done(const Result<void>& result);

  const ServerLimits& limits() const { return settings->limits; }

  std::shared_ptr<const ServerSettings> settings;
  std::string random;
  ServerEvents events;

  Mode mode = Mode::greeting;
  Question question = Question::none;
  std::string buffer;  // input that was not parsed yet, from `offset`
  std::size_t offset = 0;
  std::size_t scanned = 0;  // of the unparsed input: has no LF
  bool skipping = false;    // the rest of a line that was too long
  bool tls = false;

  std::string offered_user;
  std::string authzid;
  std::string user;  // logged in
  std::unique_ptr<sasl::ServerExchange> exchange;
  int errors = 0;
  int failed_logins = 0;
  int auth_attempts = 0;

  std::vector<Message> messages;
  std::vector<bool> deleted;
  std::size_t left = 0;  // messages that are not deleted
  std::int64_t left_bytes = 0;

  std::optional<Sending> sending;
};

}  // namespace stagecoach::pop3
