#include "protocols/smtp/server_session.h"

#include "protocols/smtp/server_core.h"

namespace stagecoach::smtp {

using Core = ServerSession::Core;

void Core::greet(bool tls_on) {
  if (mode != Mode::greeting) return;
  tls = tls_on;
  early = !buffer.empty();
  mode = Mode::command;
  write({220, "", settings->hostname + " " + settings->greeting});
  go_on();
}

void Core::receive(std::string_view bytes) {
  if (mode == Mode::closed || bytes.empty()) return;
  if (mode == Mode::starttls) return close();  // clear text behind STARTTLS: an injection
  if (buffer.empty() && mode != Mode::greeting && mode != Mode::deciding) {
    consume(bytes);
    if (mode == Mode::starttls && !bytes.empty()) close();
    if (mode != Mode::closed) buffer = bytes;
  } else {
    buffer += bytes;
    go_on();
  }
  const bool kept = mode == Mode::deciding || mode == Mode::greeting;
  if (kept && buffer.size() - offset > limits().pending_bytes_max)
    close_with({421, "4.7.0", settings->hostname + " Too much input"});
}

void Core::go_on() {
  std::string_view input = std::string_view(buffer).substr(offset);
  consume(input);
  if (mode == Mode::starttls && !input.empty()) close();
  if (mode == Mode::closed || input.empty()) {
    buffer = {};
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
  while (true) {
    switch (mode) {
      case Mode::command:
      case Mode::auth:
        if (!consume_line(input)) return;
        break;
      case Mode::data:
        if (input.empty()) return;
        data_bytes(input);
        break;
      case Mode::bdat:
        if (input.empty() && chunk_left > 0) return;
        bdat_bytes(input);
        break;
      case Mode::greeting:
      case Mode::deciding:
      case Mode::starttls:
      case Mode::closed: return;
    }
  }
}

/// Takes one line off the input. A line that is too long is forgotten as it comes and answered at its end.
bool Core::consume_line(std::string_view& input) {
  const std::size_t size_max = mode == Mode::auth ? limits().auth_bytes_max : limits().command_bytes_max;
  const auto end = input.find("\r\n", scanned > 0 ? scanned - 1 : 0);
  if (end == std::string_view::npos) {
    scanned = input.size();
    if (input.size() > std::max(size_max, limits().auth_bytes_max)) {
      skipping = true;
      input.remove_prefix(input.size() - 1);
      scanned = 1;
    }
    return false;
  }
  const auto line = input.substr(0, end);
  // AUTH may carry its initial response in the command line.
  const bool auth = line.size() > 5 && equals_ignoring_case(line.substr(0, 5), "AUTH ");
  const bool too_long = skipping || end + 2 > (auth ? limits().auth_bytes_max : size_max);
  input.remove_prefix(end + 2);
  scanned = 0;
  skipping = false;
  if (too_long) {
    const bool auth_line_too_long = mode == Mode::auth;
    mode = Mode::command;
    exchange.reset();
    complain({500, auth_line_too_long ? "5.5.6" : "5.5.2", "Line too long"});
  } else {
    handle_line(line);
  }
  return true;
}

void Core::handle_line(std::string_view line) {
  if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
    mode = Mode::command;
    exchange.reset();
    return complain({500, "5.5.2", "A command ends with CR LF and has no bare CR, LF or NUL"});
  }
  if (mode == Mode::auth) return auth_line(line);
  run(line);
}

void Core::write(const Reply& reply) {
  if (events.empty() || !std::holds_alternative<Output>(events.back())) events.emplace_back(Output{});
  std::get<Output>(events.back()).bytes += to_wire(reply);
}

void Core::complain(const Reply& reply) {
  write(reply);
  if (++errors > limits().errors_max)
    close_with({421, "4.7.0", settings->hostname + " Too many errors, closing the connection"});
}

void Core::close_with(const Reply& reply) {
  if (mode == Mode::closed) return;
  write(reply);
  close();
}

void Core::close() {
  mode = Mode::closed;  // the buffer stays: who called may still look at a line of it
  exchange.reset();
  events.emplace_back(Close{});
}

void Core::decided(std::vector<Reply> replies) {
  if (mode != Mode::deciding || pending == Offer::password || pending == Offer::verifier) return;
  if (replies.empty()) replies.push_back({451, "4.3.0", "Try again later"});
  const Offer what = std::exchange(pending, Offer::none);
  mode = Mode::command;
  if (replies.front().code == 421) return close_with(replies.front());
  switch (what) {
    case Offer::helo: helo_decided(replies.front()); break;
    case Offer::mail: sender_decided(replies.front()); break;
    case Offer::rcpt: recipient_decided(replies.front()); break;
    case Offer::message: {
      const std::size_t count = lmtp() ? static_cast<std::size_t>(accepted) : 1;
      if (replies.size() == 1) replies.resize(count, replies.front());
      replies.resize(count, {451, "4.3.0", "Try again later"});
      for (const Reply& reply : replies) write(reply);
      end_transaction();
      break;
    }
    default: break;
  }
  go_on();
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

ServerEvents ServerSession::refuse(Reply reply) {
  core_->close_with(reply);
  return core_->events_so_far();
}

ServerEvents ServerSession::receive(std::string_view bytes) {
  core_->receive(bytes);
  return core_->events_so_far();
}

ServerEvents ServerSession::decided(Reply reply) {
  core_->decided({std::move(reply)});
  return core_->events_so_far();
}

ServerEvents ServerSession::decided(std::vector<Reply> replies) {
  core_->decided(std::move(replies));
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
  if (core_->mode == Core::Mode::deciding && core_->pending == Core::Offer::verifier)
    core_->auth_unavailable();
  return core_->events_so_far();
}

ServerEvents ServerSession::tls_started() {
  if (core_->mode != Core::Mode::starttls) return {};
  // RFC 3207 section 4.2: the server forgets what it learned before
  core_->tls = true;
  core_->extended = false;
  core_->helo_name.clear();
  core_->phase = Core::Phase::connected;
  core_->mode = Core::Mode::command;
  return {};
}

ServerEvents ServerSession::refuse_content(Reply reply) {
  if (in_content()) core_->refuse_content(std::move(reply));
  return core_->events_so_far();
}

ServerEvents ServerSession::timed_out() {
  core_->close_with({421, "4.4.2", core_->settings->hostname + " Timeout, closing the connection"});
  return core_->events_so_far();
}

ServerEvents ServerSession::shutting_down() {
  core_->close_with({421, "4.3.2", core_->settings->hostname + " The server is stopping, try again later"});
  return core_->events_so_far();
}

ServerEvents ServerSession::overloaded() {
  core_->close_with({421, "4.3.2", core_->settings->hostname + " Too busy, try again later"});
  return core_->events_so_far();
}

bool ServerSession::waiting() const { return core_->mode == Core::Mode::deciding; }
bool ServerSession::in_content() const {
  return core_->mode == Core::Mode::data || core_->mode == Core::Mode::bdat ||
         core_->phase == Core::Phase::bdat;
}
bool ServerSession::closed() const { return core_->mode == Core::Mode::closed; }
bool ServerSession::spoke_first() const { return core_->early; }
bool ServerSession::tls() const { return core_->tls; }
bool ServerSession::extended() const { return core_->extended; }
const std::string& ServerSession::helo() const { return core_->helo_name; }
const std::string& ServerSession::user() const { return core_->user; }

}  // namespace stagecoach::smtp
