// The inside of ServerSession: state, command table and handlers. The handlers are in session_<theme>.cc.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/imap/command_reader.h"
#include "protocols/imap/cursor.h"
#include "protocols/imap/folder_view.h"
#include "protocols/imap/server_session.h"
#include "protocols/imap/session_work.h"

namespace stagecoach::imap {

class ServerSession::Impl {
 public:
  Impl(Options options, Limits limits)
      : options_(std::move(options)), limits_(limits), reader_(limits.command_bytes_max) {}

  /// What an answer waits for; one at a time.
  enum class Waiting : std::uint8_t {
    nothing,
    tls,
    drain,
    login,
    verifier,
    folders,
    status,
    opened,
    done,
    granted,
    loaded,
    stored,
    copied,
    expunged,
    append_ready,
    appended,
  };

  void greet();
  void refuse(std::string_view text);
  void receive(std::string_view bytes);
  void shut_down(std::string_view text);
  void news(FolderNews news);
  bool is_waiting() const { return waiting_ != Waiting::nothing; }
  Events take_events() { return std::exchange(events_, {}); }

  /// Hands an answer to its handler if that is what the session waits for, then goes on with the input.
  template <class Handler, class... Answer>
  Events answer(Waiting waiting, Handler handler, Answer&&... answer) {
    if (waiting_ != waiting) return {};
    waiting_ = Waiting::nothing;
    (this->*handler)(std::forward<Answer>(answer)...);
    run();
    return take_events();
  }

  void tls_started();
  void drained();
  void authenticated(Result<std::string> user);
  void verifier(const std::string& text);
  void folders(Result<std::vector<FolderInfo>> folders);
  void status_known(Result<std::vector<FolderCounts>> counts);
  void opened(Result<FolderSnapshot> snapshot);
  void done(Result<void> result);
  void denied();
  void granted(Result<void> slot);
  void loaded(Result<std::vector<LoadedMessage>> messages);
  void stored(Result<StoredFlags> stored);
  void copied(Result<CopiedMessages> copied);
  void expunged(Result<ExpungedMessages> expunged);
  void append_ready(Result<void> ready);
  void appended(Result<AppendedMessage> appended);

  const std::string& user() const { return user_; }
  std::string activity() const;

 private:
  enum State : std::uint8_t { connected = 1, logged_in = 2, selected = 4, closed = 8 };
  enum class Mode : std::uint8_t { commands, sasl, idle, append_data, append_end };
  struct Command {
    std::string_view name;
    std::uint8_t states;
    void (Impl::*handler)(Cursor&);
    bool expunges = true;  // EXPUNGE responses may be sent while it runs
  };
  static const Command k_commands[];
  static const Command k_uid_commands[];

  // session.cc: the loop, commands, answers to the client
  void run();
  bool next_command();
  void execute(std::string_view text);
  bool announced_literal();
  bool read_tag(Cursor& cursor);
  void out(std::string_view text);
  void emit(Event event) { events_.push_back(std::move(event)); }
  void wait(Waiting waiting, Event event);
  void finish(std::string_view status, std::string_view text);
  void ok(std::string_view text) { finish("OK", text); }
  void no(std::string_view text) { finish("NO", text); }
  void bad(std::string_view text);
  void bye(std::string_view text);
  void hang_up();  // says nothing
  void fail(const Error& error, const char* not_found_code = "[NONEXISTENT] ");
  static std::string no_text(const Error& error, const char* not_found_code);
  bool ends(const Cursor& cursor);
  template <class W>
  W& work() {
    return std::get<W>(*work_);
  }
  template <class W>
  W& begin(W work) {
    work_ = std::make_unique<CommandWork>(std::move(work));
    return std::get<W>(*work_);
  }
  template <class W>
  bool is_doing() const {
    return work_ && std::holds_alternative<W>(*work_);
  }

  // session_any.cc
  std::string capabilities() const;
  void capability(Cursor& cursor);
  void noop(Cursor& cursor);
  void logout(Cursor& cursor);
  void id(Cursor& cursor);
  void check(Cursor& cursor);
  void uid(Cursor& cursor);
  void idle(Cursor& cursor);
  bool idle_line();
  void enable(Cursor& cursor);
  void name_space(Cursor& cursor);

  // session_login.cc
  void starttls(Cursor& cursor);
  void login(Cursor& cursor);
  void authenticate(Cursor& cursor);
  bool sasl_line();
  void sasl_step(sasl::ServerStep step);
  bool may_log_in(bool shows_password);
  void login_failed(std::string_view text, bool counts);

  // session_folders.cc
  void list(Cursor& cursor);
  void lsub(Cursor& cursor);
  void status(Cursor& cursor);
  void create(Cursor& cursor);
  void remove(Cursor& cursor);
  void rename(Cursor& cursor);
  void subscribe(Cursor& cursor) { change_subscription(cursor, true); }
  void unsubscribe(Cursor& cursor) { change_subscription(cursor, false); }
  void change_subscription(Cursor& cursor, bool subscribed);
  void simple(const char* done, Event event);
  std::optional<std::string> folder_argument(Cursor& cursor);

  // session_select.cc
  void select(Cursor& cursor) { open_folder(cursor, false); }
  void examine(Cursor& cursor) { open_folder(cursor, true); }
  void open_folder(Cursor& cursor, bool read_only);
  void close(Cursor& cursor);
  void unselect(Cursor& cursor);
  void expunge(Cursor& cursor);
  void leave_folder();

  // session_append.cc
  void append(Cursor& cursor);
  bool begin_append(Cursor cursor);
  void refuse_append(std::string text);
  bool append_bytes();
  bool append_line();

  // session_fetch.cc
  void fetch(Cursor& cursor);
  void fetch_next();
  void fetch_collect();
  void fetch_rows();
  void fetch_batch();
  void fetch_load();
  void fetch_loaded(std::vector<LoadedMessage> messages);
  void fetch_one(std::uint32_t index, LoadedMessage message);
  void fetch_finish();
  void stream_next();
  void stream_loaded(std::vector<LoadedMessage> messages);
  FetchPlan plan_of(std::uint32_t index, const LoadedMessage& loaded, const mime::PartIndex& parts,
                    const ContentPieces& pieces, std::uint64_t header_bytes, std::uint64_t size_bytes);

  // session_search.cc
  void search(Cursor& cursor);
  void search_next();
  void search_loaded(std::vector<LoadedMessage> messages);
  void search_one(std::uint32_t index, const LoadedMessage& message, bool body);
  void search_stream_next();
  void search_finish();
  void judge(std::uint32_t index, std::string_view header, const std::vector<std::string>& bodies);

  // session_store.cc
  void store(Cursor& cursor);
  void copy(Cursor& cursor) { transfer(cursor, false); }
  void move(Cursor& cursor) { transfer(cursor, true); }
  void transfer(Cursor& cursor, bool move);
  std::optional<std::vector<std::uint32_t>> message_set(Cursor& cursor);

  Options options_;
  Limits limits_;
  CommandReader reader_;
  Events events_;
  State state_ = connected;
  Mode mode_ = Mode::commands;
  Waiting waiting_ = Waiting::nothing;
  bool uid_ = false;      // the command came as UID …
  bool expunges_ = true;  // of the command that runs
  bool condstore_ = false;
  int bad_commands_ = 0;
  int failed_logins_ = 0;
  std::size_t literals_bytes_ = 0;
  std::string tag_;
  std::string user_;
  std::unique_ptr<FolderView> view_;
  std::unique_ptr<CommandWork> work_;
};

}  // namespace stagecoach::imap
