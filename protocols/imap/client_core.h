// The inside of ClientSession. The stream is in client_session.cc, log-in in client_login.cc, what the server
// says unasked in client_untagged.cc, the owner's commands in client_commands.cc.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/imap/client_session.h"
#include "protocols/imap/line_ends.h"

namespace stagecoach::imap {

class ClientSession::Core {
 public:
  enum class State : std::uint8_t { start, running, handshake, ready, closed };
  enum class Kind : std::uint8_t {
    greeting,
    capability,
    starttls,
    login,
    authenticate,
    list,
    open,
    messages,
    content,
    store,
    search,
    expunge,
    move,
    copy,
    create,
    idle,
    logout
  };
  struct Command {
    Kind kind = Kind::greeting;
    std::string tag;
    std::string shown;             // as errors show it: without secrets
    std::deque<std::string> rest;  // what waits for a "+": the bytes of literals and what follows them
  };
  /// A command line that may hold literals.
  struct Line {
    std::string text;
    std::deque<std::string> rest;
  };

  explicit Core(std::shared_ptr<const ClientSettings> settings) : settings(std::move(settings)) {}

  // The stream
  ClientEvents events_so_far() { return std::exchange(events, {}); }
  void receive(std::string_view bytes);
  void consume(std::string_view& input);
  bool take_literal(std::string_view& input);
  void on_line(std::string_view line);
  bool begin_literal(std::string_view line);
  bool announces_content(std::string_view before) const;
  void on_reply(std::string_view reply);
  void on_tagged(std::string_view reply);
  void content(std::string_view bytes);
  void output(std::string_view bytes);
  void command(Kind kind, Line line, std::string shown = {});
  void command(Kind kind, std::string line) { command(kind, Line{std::move(line), {}}); }
  void append_argument(Line& line, std::string_view text) const;
  void fail(Error error, bool login_refused = false);
  void fail_on(const Command& failed, std::string_view reply);
  void close();
  std::string remote_error(const std::string& shown, std::string_view reply) const;

  // Log-in
  void greeted(std::string_view reply);
  void capabilities_known();
  void secure();
  void start_tls(const Command& done, bool ok, std::string_view reply);
  void log_in();
  void log_in_automatically();
  void login();
  void authenticate(sasl::Mechanism mechanism);
  void on_challenge(std::string_view challenge);
  void login_answered(const Command& done, bool ok, std::string_view reply);
  void say_ready();

  // What the server says unasked
  void on_untagged(std::string_view reply);
  void on_status(const StatusReply& status, std::string_view reply);
  void on_numbered(std::uint64_t number, std::string_view word, std::string_view rest);
  void on_fetch(std::string_view text);
  void message_listed(const FetchReply& reply);
  void content_reply(FetchReply& reply);

  // Commands
  bool is_free() const { return state == State::ready && !current; }
  void open(std::string_view folder, bool read_only);
  void fetch(std::uint32_t uid, Part part);
  void erase(std::vector<std::uint32_t> uids);
  void move(std::vector<std::uint32_t> uids, std::string_view to);
  void send_move();
  void mark();
  void expunge();
  void idle();
  void end_idle();
  void command_answered(const Command& done, bool ok, std::string_view reply);
  void opened(std::string_view reply);
  void messages_listed();
  void fetched();
  void others_known();
  void move_refused(const Command& done, std::string_view reply);
  void gone();
  void refuse(Error error);

  std::shared_ptr<const ClientSettings> settings;
  ClientEvents events;
  State state = State::start;
  std::string buffer;
  std::string pending;              // of the reply: lines and literals that have come
  std::uint64_t literal_left = 0;   // bytes of a literal that are still to come
  bool literal_is_content = false;  // it goes to the owner
  std::size_t replies = 0;          // untagged ones of this command
  std::uint64_t commands = 0;       // for tags
  std::optional<Command> current;

  bool tls = false, preauthenticated = false, logged_in = false;
  bool capabilities_fresh = false;
  Capabilities has;
  std::unique_ptr<sasl::ClientExchange> exchange;
  std::optional<std::string> initial_response;  // waits for a "+"
  std::string sent_secret;                      // the last answer to a challenge: errors mask it
  std::string refusal;                          // what XOAUTH2 says of its failure

  // the open folder
  FolderReady folder;
  // the answers that are being collected
  std::vector<RemoteFolder> folders;
  std::vector<RemoteMessage> messages;
  bool others_deleted = false;  // found by SEARCH
  // the message that is being fetched
  std::uint32_t wanted_uid = 0;
  std::string wanted_item;  // "BODY[]"
  bool content_seen = false, content_ended = false;
  std::int64_t content_size = 0;
  LineEnds line_ends;
  // those that are being erased or moved
  std::vector<std::uint32_t> leaving;
  std::string move_to;
  bool created = false;
  bool idling = false;
};

}  // namespace stagecoach::imap
