#include "protocols/pop3/server_session.h"

#include <algorithm>

#include "protocols/pop3/server_core.h"

namespace stagecoach::pop3 {

using Core = ServerSession::Core;

void Core::greet(bool tls_on) {
  if (mode != Mode::greeting) return;
  tls = tls_on;
  mode = Mode::command;
  say("+OK " + settings->greeting + (settings->apop ? " " + timestamp() : ""));
  go_on();
}

void Core::receive(std::string_view bytes) {
  if (mode == Mode::closed || bytes.empty()) return;
  if (mode == Mode::starttls) return close();  // clear text behind STLS: an injection
  buffer += bytes;
  go_on();
  const bool kept = mode == Mode::deciding || mode == Mode::greeting;
  if (kept && buffer.size() - offset > limits().pending_bytes_max) close_with("-ERR Too much input");
}

void Core::go_on() {
  std::string_view input = std::string_view(buffer).substr(offset);
  consume(input);
  if (mode == Mode::starttls && !input.empty()) close();
  if (mode == Mode::closed || input.empty()) {
    if (buffer.capacity() > 1024 || mode == Mode::closed) buffer = {};
    buffer.clear();
    offset = 0;
    return;
  }
  offset = buffer.size() - input.size();
  if (offset > buffer.size() / 2) {
    buffer.erase(0, offset);
    offset = 0;
  }
}

void Core::consume(std::string_view& input) {
  while (mode == Mode::command || mode == Mode::auth) {
    const std::size_t line_max = mode == Mode::auth ? limits().auth_bytes_max : limits().command_bytes_max;
    const auto end = input.find('\n', scanned);
    if (end == std::string_view::npos) {
      scanned = input.size();
      if (scanned > std::max(limits().auth_bytes_max, limits().command_bytes_max)) {
        skipping = true;
        scanned = 0;
        input = {};
      }
      return;
    }
    auto line = input.substr(0, end);
    const bool auth = line.size() > 5 && equals_ignoring_case(line.substr(0, 5), "AUTH ");
    const bool too_long = skipping || end + 1 > (auth ? limits().auth_bytes_max : line_max);
    input.remove_prefix(end + 1);
    scanned = 0;
    skipping = false;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!too_long && line.find_first_of(std::string_view("\r\0", 2)) == std::string_view::npos) {
      handle_line(line);
      continue;
    }
    mode = Mode::command;
    exchange.reset();
    complain(too_long ? "-ERR line too long" : "-ERR a command has no CR or NUL in it");
  }
}

void Core::handle_line(std::string_view line) {
  if (mode == Mode::auth) return auth_line(line);
  run(line);
}

std::string& Core::output() {
  if (events.empty() || !std::holds_alternative<Output>(events.back())) events.emplace_back(Output{});
  return std::get<Output>(events.back()).bytes;
}

void Core::say(std::string_view line) {
  output() += line;
  output() += "\r\n";
}

void Core::complain(std::string_view line) {
  say(line);
  if (++errors > limits().errors_max) close_with("-ERR too many errors");
}

void Core::close_with(std::string_view line) {
  if (mode == Mode::closed) return;
  say(line);
  close();
}

void Core::close() {
  if (mode == Mode::closed) return;
  mode = Mode::closed;  // the buffer stays: who called may still look at a line of it
  exchange.reset();
  events.emplace_back(Close{});
}

// The facade

ServerSession::ServerSession(std::shared_ptr<const ServerSettings> settings, std::string random)
    : core_(std::make_unique<Core>(std::move(settings), std::move(random))) {}
ServerSession::~ServerSession() = default;
ServerSession::ServerSession(ServerSession&&) noexcept = default;
ServerSession& ServerSession::operator=(ServerSession&&) noexcept = default;

ServerEvents ServerSession::greet(bool tls) {
  core_->greet(tls);
  return core_->events_so_far();
}

ServerEvents ServerSession::refuse(std::string_view text) {
  core_->close_with("-ERR " + std::string(text));
  return core_->events_so_far();
}

ServerEvents ServerSession::receive(std::string_view bytes) {
  core_->receive(bytes);
  return core_->events_so_far();
}

ServerEvents ServerSession::password_checked(sasl::PasswordVerdict verdict) {
  core_->password_checked(verdict);
  return core_->events_so_far();
}

ServerEvents ServerSession::verifier_found(std::optional<sasl::ScramVerifier> verifier) {
  core_->verifier_found(std::move(verifier));
  return core_->events_so_far();
}

ServerEvents ServerSession::verifier_unavailable() {
  if (core_->answers(Core::Question::verifier)) core_->login_unavailable();
  return core_->events_so_far();
}

ServerEvents ServerSession::opened(Result<MaildropSnapshot> maildrop) {
  core_->opened(std::move(maildrop));
  return core_->events_so_far();
}

ServerEvents ServerSession::content(std::string_view bytes) {
  core_->content(bytes);
  return core_->events_so_far();
}

ServerEvents ServerSession::content_failed(const Error& error) {
  core_->content_failed(error);
  return core_->events_so_far();
}

ServerEvents ServerSession::deleted(Result<void> result) {
  core_->deleted_done(result);
  return core_->events_so_far();
}

ServerEvents ServerSession::tls_started() {
  if (core_->mode != Core::Mode::starttls) return {};
  core_->tls = true;
  core_->offered_user.clear();  // RFC 2595 section 4: what was said before does not count
  core_->mode = Core::Mode::command;
  return {};
}

ServerEvents ServerSession::timed_out() {
  core_->close();
  return core_->events_so_far();
}

ServerEvents ServerSession::shutting_down() {
  // In the middle of a message a line of ours would be taken for content.
  if (core_->sending && core_->sending->begun)
    core_->close();
  else
    core_->close_with("-ERR [SYS/TEMP] the server is stopping, try again later");
  return core_->events_so_far();
}

bool ServerSession::waiting() const { return core_->mode == Core::Mode::deciding; }
bool ServerSession::closed() const { return core_->mode == Core::Mode::closed; }
bool ServerSession::tls() const { return core_->tls; }
const std::string& ServerSession::user() const { return core_->user; }

}  // namespace stagecoach::pop3
