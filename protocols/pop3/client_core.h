// The inside of ClientSession. The stream is in client_session.cc, log-in and lists in client_login.cc, the
// owner's commands in client_commands.cc.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/pop3/client_session.h"
#include "protocols/smtp/dot_decoder.h"
#include "routing/model/address.h"

namespace stagecoach::pop3 {

class ClientSession::Core {
 public:
  enum class State { start, running, handshake, ready, quitting, closed };
  /// What the server answers next, and whether lines follow its +OK.
  enum class Kind { greeting, capa, stls, user, pass, apop, auth, stat, list, uidl, retr, dele, quit };
  struct Expected {
    Kind kind = Kind::greeting;
    std::size_t number = 0;
    std::string command;  // as errors show it: without secrets
  };
  struct Command {
    Expected expected;
    std::string wire;
  };

  explicit Core(std::shared_ptr<const ClientSettings> settings) : settings(std::move(settings)) {}

  // The stream
  ClientEvents events_so_far() { return std::exchange(events, {}); }
  void receive(std::string_view bytes);
  void consume(std::string_view& input);
  bool content_bytes(std::string_view& input);
  void on_line(std::string_view line);
  void on_status(const Expected& expected, std::string_view line);
  void on_list_line(std::string_view line);
  void output(std::string_view bytes);
  void command(Kind kind, std::string line, std::string shown = {}, std::size_t number = 0);
  void pump();
  void fail(Error error, bool login_refused = false);
  void fail_on(const Expected& expected, std::string_view line);
  void close();

  // Log-in and lists
  void greeted(const Expected& expected, std::string_view line);
  void capa_line(std::string_view line);
  void capa_done();
  void start_tls(const Expected& expected, std::string_view line);
  void log_in();
  void auth_challenge(const Expected& expected, std::string_view line);
  void logged_in();
  void stat_answered(const Expected& expected, std::string_view line);
  void list_line(std::string_view line);
  void uidl_line(std::string_view line);
  void say_ready();
  RemoteMessage* numbered(std::string_view& line);

  // Commands
  void give(Kind kind, std::string line, std::size_t number);
  void quit();

  static std::string remote_error(const std::string& command, std::string_view line) {
    return "Error from remote server on \"" + command + "\" -> " + std::string(line.substr(0, 500));
  }

  std::shared_ptr<const ClientSettings> settings;
  ClientEvents events;
  State state = State::start;
  std::string buffer;
  std::deque<Command> to_send;
  std::deque<Expected> in_flight;
  std::optional<Expected> listing;  // lines follow until "."
  std::optional<smtp::DotDecoder> decoder;
  std::size_t content_number = 0;
  std::int64_t content_size = 0;
  std::size_t list_lines = 0;

  bool tls = false;
  bool pipelining = false;
  bool has_stls = false;
  bool has_user = false, has_sasl_plain = false;
  bool has_uidl = false;
  std::string apop_timestamp;
  std::unique_ptr<sasl::ClientExchange> exchange;
  std::vector<RemoteMessage> messages;
};

}  // namespace stagecoach::pop3
