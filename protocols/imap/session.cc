// The loop of the session: input to commands, commands to handlers, answers to the client.
#include "protocols/imap/session_impl.h"
#include "routing/model/address.h"

namespace stagecoach::imap {

// RFC 3501 section 6: which command is valid in which state.
const ServerSession::Impl::Command ServerSession::Impl::k_commands[] = {
    {"CAPABILITY", connected | logged_in | selected, &Impl::capability},
    {"NOOP", connected | logged_in | selected, &Impl::noop},
    {"LOGOUT", connected | logged_in | selected, &Impl::logout},
    {"ID", connected | logged_in | selected, &Impl::id},
    {"STARTTLS", connected, &Impl::starttls},
    {"LOGIN", connected, &Impl::login},
    {"AUTHENTICATE", connected, &Impl::authenticate},
    {"ENABLE", logged_in | selected, &Impl::enable},
    {"NAMESPACE", logged_in | selected, &Impl::name_space},
    {"LIST", logged_in | selected, &Impl::list},
    {"LSUB", logged_in | selected, &Impl::lsub},
    {"STATUS", logged_in | selected, &Impl::status},
    {"CREATE", logged_in | selected, &Impl::create},
    {"DELETE", logged_in | selected, &Impl::remove},
    {"RENAME", logged_in | selected, &Impl::rename},
    {"SUBSCRIBE", logged_in | selected, &Impl::subscribe},
    {"UNSUBSCRIBE", logged_in | selected, &Impl::unsubscribe},
    {"SELECT", logged_in | selected, &Impl::select},
    {"EXAMINE", logged_in | selected, &Impl::examine},
    {"APPEND", logged_in | selected, &Impl::append},
    {"IDLE", logged_in | selected, &Impl::idle},
    {"CHECK", selected, &Impl::check},
    {"CLOSE", selected, &Impl::close},
    {"UNSELECT", selected, &Impl::unselect},
    {"EXPUNGE", selected, &Impl::expunge},
    {"FETCH", selected, &Impl::fetch, false},
    {"SEARCH", selected, &Impl::search, false},
    {"STORE", selected, &Impl::store, false},
    {"COPY", selected, &Impl::copy},
    {"MOVE", selected, &Impl::move},
    {"UID", selected, &Impl::uid},
    {}};

const ServerSession::Impl::Command ServerSession::Impl::k_uid_commands[] = {
    {"FETCH", selected, &Impl::fetch},
    {"SEARCH", selected, &Impl::search},
    {"STORE", selected, &Impl::store},
    {"COPY", selected, &Impl::copy},
    {"MOVE", selected, &Impl::move},
    {"EXPUNGE", selected, &Impl::expunge},
    {}};

void ServerSession::Impl::greet() {
  out("* OK [CAPABILITY " + capabilities() + "] " + options_.product + " ready\r\n");
}

void ServerSession::Impl::refuse(std::string_view text) { bye(options_.product + " " + std::string(text)); }

void ServerSession::Impl::receive(std::string_view bytes) {
  if (state_ == closed) return;
  if (waiting_ == Waiting::tls) return hang_up();  // in plain, behind STARTTLS
  reader_.feed(bytes);
  run();
}

void ServerSession::Impl::run() {
  while (waiting_ == Waiting::nothing && state_ != closed) {
    bool progress = false;
    switch (mode_) {
      case Mode::commands: progress = next_command(); break;
      case Mode::sasl: progress = sasl_line(); break;
      case Mode::idle: progress = idle_line(); break;
      case Mode::append_data: progress = append_bytes(); break;
      case Mode::append_end: progress = append_line(); break;
    }
    if (!progress) break;
  }
  const bool reads_lines = mode_ != Mode::commands && mode_ != Mode::append_data;
  if (state_ == closed) return;
  if (waiting_ != Waiting::nothing ? reader_.waiting() > limits_.waiting_bytes_max
                                   : reads_lines && reader_.line_too_long())
    bye("Too much input");
}

bool ServerSession::Impl::next_command() {
  switch (reader_.next()) {
    case CommandReader::Step::more: return false;
    case CommandReader::Step::literal: return announced_literal();
    case CommandReader::Step::too_long: {
      Cursor cursor(reader_.text());
      if (!read_tag(cursor)) tag_ = "*";
      reader_.reset();
      literals_bytes_ = 0;
      bad("Command line too long");
      return true;
    }
    case CommandReader::Step::command: break;
  }
  const std::string text = reader_.text();
  reader_.reset();
  literals_bytes_ = 0;
  execute(text);
  return true;
}

bool ServerSession::Impl::read_tag(Cursor& cursor) {
  const auto tag = cursor.atom();
  if (!tag || tag->size() > 200 || tag->find('+') != std::string_view::npos) return false;
  tag_ = *tag;
  return true;
}

void ServerSession::Impl::execute(std::string_view text) {
  Cursor cursor(text);
  uid_ = false;
  expunges_ = true;
  if (!read_tag(cursor)) {
    tag_ = "*";
    return bad("Missing tag");
  }
  const auto name = cursor.space() ? cursor.atom() : std::nullopt;
  if (!name) return bad("Missing command");
  for (const Command* command = k_commands; command->handler; ++command) {
    if (!equals_ignoring_case(command->name, *name)) continue;
    if (!(command->states & state_)) return bad("Not in this state");
    expunges_ = command->expunges;
    return (this->*command->handler)(cursor);
  }
  bad("Unknown command");
}

/// Decides about a literal before it is read (RFC 3501 section 4.3, RFC 7888).
bool ServerSession::Impl::announced_literal() {
  const CommandReader::Literal literal = reader_.literal();
  if ((state_ & (logged_in | selected)) && begin_append(Cursor(reader_.text()))) return true;
  const std::size_t max =
      state_ == connected ? limits_.literals_before_login_max : limits_.literals_bytes_max;
  if (literal.size_bytes > max || literals_bytes_ + literal.size_bytes > max) {
    Cursor cursor(reader_.text());
    if (!read_tag(cursor)) tag_ = "*";
    reader_.reset();
    literals_bytes_ = 0;
    if (literal.waits)
      bad("[TOOBIG] Literal too large");
    else
      bye("[TOOBIG] Literal too large");  // its bytes come in any case; they are not commands
    return true;
  }
  literals_bytes_ += literal.size_bytes;
  if (literal.waits) out("+ OK\r\n");
  reader_.accept_literal();
  return true;
}

void ServerSession::Impl::out(std::string_view text) {
  if (text.empty()) return;
  if (events_.empty() || !std::holds_alternative<Output>(events_.back())) events_.emplace_back(Output{});
  std::get<Output>(events_.back()).bytes += text;
}

void ServerSession::Impl::wait(Waiting waiting, Event event) {
  emit(std::move(event));
  waiting_ = waiting;
}

void ServerSession::Impl::finish(std::string_view status, std::string_view text) {
  work_.reset();
  mode_ = Mode::commands;
  if (status != "BAD") bad_commands_ = 0;
  if (view_) out(view_->flush(expunges_, condstore_));
  out(tag_ + " " + std::string(status) + " " + std::string(text) + "\r\n");
}

void ServerSession::Impl::bad(std::string_view text) {
  finish("BAD", text);
  if (++bad_commands_ >= limits_.bad_commands_max) bye("Too many bad commands");
}

void ServerSession::Impl::bye(std::string_view text) {
  if (state_ == closed) return;
  if (mode_ == Mode::idle) emit(EndIdle{});
  out("* BYE " + std::string(text) + "\r\n");
  hang_up();
}

void ServerSession::Impl::hang_up() {
  if (state_ == closed) return;
  emit(CloseConnection{});
  state_ = closed;
  waiting_ = Waiting::nothing;
  work_.reset();
  view_.reset();
}

void ServerSession::Impl::shut_down(std::string_view text) { bye(text); }

std::string ServerSession::Impl::no_text(const Error& error, const char* not_found_code) {
  switch (error.kind) {
    case Error::Kind::not_found: return std::string(not_found_code) + error.reason;
    case Error::Kind::conflict: return "[ALREADYEXISTS] " + error.reason;
    case Error::Kind::limit_reached: return "[LIMIT] " + error.reason;
    case Error::Kind::unavailable: return "[UNAVAILABLE] Try again later";
    case Error::Kind::invalid_input: return "[CANNOT] " + error.reason;
    case Error::Kind::internal: break;
  }
  return "[SERVERBUG] Internal error";  // details are for the log only
}

void ServerSession::Impl::fail(const Error& error, const char* not_found_code) {
  no(no_text(error, not_found_code));
}

bool ServerSession::Impl::ends(const Cursor& cursor) {
  if (cursor.at_end()) return true;
  bad("Unexpected arguments");
  return false;
}

void ServerSession::Impl::news(FolderNews news) {
  if (!view_ || news.folder != view_->id()) return;
  view_->take(std::move(news));
  if (mode_ == Mode::idle) out(view_->flush(true, condstore_));
}

void ServerSession::Impl::drained() {
  if (is_doing<FetchWork>()) fetch_next();
}

void ServerSession::Impl::granted(Result<void> slot) {
  const bool fetching = is_doing<FetchWork>();
  if (!slot)
    return no(slot.error().kind == Error::Kind::limit_reached ? slot.error().reason
                                                              : no_text(slot.error(), ""));
  (fetching ? work<FetchWork>().slot : work<SearchWork>().slot) = true;
  if (fetching)
    fetch_batch();
  else
    search_next();
}

void ServerSession::Impl::loaded(Result<std::vector<LoadedMessage>> messages) {
  const bool fetching = is_doing<FetchWork>();
  if (messages) {
    if (fetching)
      fetch_loaded(std::move(*messages));
    else
      search_loaded(std::move(*messages));
    return;
  }
  // In the middle of a literal there is no way to tell the client but this.
  if (fetching && work<FetchWork>().stream) return bye("Content unavailable");
  emit(EndWork{fetching ? Work::fetch : Work::search});
  fail(messages.error());
}

std::string ServerSession::Impl::activity() const {
  if (state_ == closed) return "closed";
  if (state_ == connected) return "not logged in";
  const std::string place = view_ ? view_->name() : "logged in";
  return mode_ == Mode::idle ? place + ", waiting for news" : place;
}

}  // namespace stagecoach::imap
