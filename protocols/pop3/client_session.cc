#include "protocols/pop3/client_session.h"

#include "protocols/pop3/client_core.h"

namespace stagecoach::pop3 {

using Core = ClientSession::Core;

namespace {

constexpr std::size_t k_in_flight_max = 32;  // commands under way at once, with PIPELINING

}  // namespace

void Core::receive(std::string_view bytes) {
  if (state == State::closed || state == State::start) return;
  if (state == State::handshake)
    return fail(invalid_input("the server sent clear text behind its reply to STLS"));
  if (buffer.empty()) {
    consume(bytes);
    if (state != State::closed) buffer = bytes;
  } else {
    buffer += bytes;
    std::string_view input = buffer;
    consume(input);
    buffer.erase(0, buffer.size() - input.size());
  }
  if (state == State::handshake && !buffer.empty())
    return fail(invalid_input("the server sent clear text behind its reply to STLS"));
  if (state != State::closed && buffer.size() > settings->limits.line_bytes_max + 1)  // its CR may be there
    fail(limit_reached("a line of the server is too long"));
}

void Core::consume(std::string_view& input) {
  while (state != State::closed && state != State::handshake) {
    if (decoder) {
      if (input.empty() || !content_bytes(input)) return;
      continue;
    }
    const auto end = input.find('\n');
    if (end == std::string_view::npos) return;
    auto line = input.substr(0, end);
    input.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > settings->limits.line_bytes_max)
      return fail(limit_reached("a line of the server is too long"));
    on_line(line);
    if (state != State::closed) pump();
  }
}

/// False: the message goes on.
bool Core::content_bytes(std::string_view& input) {
  std::string content;
  content.reserve(input.size());
  input.remove_prefix(decoder->decode(input, content));
  content_size += static_cast<std::int64_t>(content.size());
  const std::int64_t size_max = settings->limits.message_bytes_max;
  if (size_max > 0 && content_size > size_max) {
    fail(limit_reached("message " + std::to_string(content_number) + " is larger than allowed"));
    return false;
  }
  if (!content.empty()) events.emplace_back(ContentBytes{std::move(content)});
  if (!decoder->ended()) return false;
  decoder.reset();
  events.emplace_back(MessageEnd{content_number});
  pump();
  return true;
}

void Core::on_line(std::string_view line) {
  if (listing) return on_list_line(line);
  if (in_flight.empty())
    return fail(invalid_input("the server speaks unasked: " + std::string(line.substr(0, 500))));
  const Expected expected = std::move(in_flight.front());
  in_flight.pop_front();
  const bool challenge = expected.kind == Kind::auth && (line == "+" || line.starts_with("+ "));
  if (challenge) return auth_challenge(expected, line.substr(std::min<std::size_t>(2, line.size())));
  if (!line.starts_with("+OK") && !line.starts_with("-ERR"))
    return fail(invalid_input(remote_error(expected.command, line)));
  on_status(expected, line);
}

void Core::on_status(const Expected& expected, std::string_view line) {
  const bool ok = line.starts_with("+OK");
  const auto follow = [&] {
    listing = expected;
    list_lines = 0;
  };
  switch (expected.kind) {
    case Kind::greeting: return greeted(expected, line);
    case Kind::capa: return ok ? follow() : capa_done();  // a server without CAPA is fine
    case Kind::stls: return start_tls(expected, line);
    case Kind::user:
      return ok ? command(Kind::pass, "PASS " + settings->credentials.password, "PASS *****")
                : fail_on(expected, line);
    case Kind::pass:
    case Kind::apop:
      return ok ? logged_in() : fail(invalid_input(remote_error(expected.command, line)), true);
    case Kind::auth:
      if (!ok) return fail(invalid_input(remote_error(expected.command, line)), true);
      if (exchange && !exchange->finished())
        return fail(invalid_input("the server said success before the exchange was over"));
      return logged_in();
    case Kind::stat: return stat_answered(expected, line);
    case Kind::list: return ok ? follow() : fail_on(expected, line);
    case Kind::uidl: has_uidl = ok; return ok ? follow() : say_ready();
    case Kind::retr:
      if (!ok) break;
      decoder.emplace(settings->normalise_line_ends ? smtp::DotDecoder::BareLineEnds::normalise
                                                    : smtp::DotDecoder::BareLineEnds::keep);
      content_number = expected.number;
      content_size = 0;
      return;
    case Kind::dele:
      if (!ok) break;
      events.emplace_back(Erased{expected.number});
      return;
    case Kind::quit:
      if (!ok) return fail_on(expected, line);
      events.emplace_back(Finished{});
      return close();
  }
  events.emplace_back(CommandFailed{expected.number, invalid_input(remote_error(expected.command, line))});
}

void Core::on_list_line(std::string_view line) {
  const Kind kind = listing->kind;
  if (line == ".") {
    listing.reset();
    if (kind == Kind::capa) return capa_done();
    if (kind == Kind::list) return command(Kind::uidl, "UIDL");
    return say_ready();
  }
  if (line.starts_with('.')) line.remove_prefix(1);
  std::size_t lines_max = kind == Kind::capa ? 100 : settings->limits.messages_max;
  if (kind == Kind::uidl) lines_max = messages.size();  // those of LIST
  if (++list_lines > lines_max) return fail(limit_reached("the list of the server is too long"));
  if (kind == Kind::capa) capa_line(line);
  if (kind == Kind::list) list_line(line);
  if (kind == Kind::uidl) uidl_line(line);
}

void Core::output(std::string_view bytes) {
  if (events.empty() || !std::holds_alternative<Output>(events.back())) events.emplace_back(Output{});
  std::get<Output>(events.back()).bytes += bytes;
}

void Core::command(Kind kind, std::string line, std::string shown, std::size_t number) {
  if (line.find_first_of("\r\n") != std::string::npos)
    return fail(invalid_input("user name or password contains a line end"));
  if (shown.empty()) shown = line;
  to_send.push_back({{kind, number, std::move(shown)}, std::move(line) + "\r\n"});
}

void Core::pump() {
  const std::size_t at_once = pipelining && state != State::running ? k_in_flight_max : 1;
  while (!to_send.empty() && in_flight.size() + (decoder || listing ? 1 : 0) < at_once) {
    output(to_send.front().wire);
    in_flight.push_back(std::move(to_send.front().expected));
    to_send.pop_front();
  }
}

void Core::fail_on(const Expected& expected, std::string_view line) {
  fail(invalid_input(remote_error(expected.command, line)));
}

void Core::fail(Error error, bool login_refused) {
  if (state == State::closed) return;
  events.emplace_back(Failed{std::move(error), login_refused});
  close();
}

void Core::close() {
  state = State::closed;
  to_send.clear();
  in_flight.clear();
  events.emplace_back(Close{});
}

// The facade

ClientSession::ClientSession(std::shared_ptr<const ClientSettings> settings)
    : core_(std::make_unique<Core>(std::move(settings))) {}
ClientSession::~ClientSession() = default;
ClientSession::ClientSession(ClientSession&&) noexcept = default;
ClientSession& ClientSession::operator=(ClientSession&&) noexcept = default;

ClientEvents ClientSession::connected() {
  if (core_->state != Core::State::start) return {};
  core_->state = Core::State::running;
  core_->tls = core_->settings->tls == ClientTls::ssl;
  core_->in_flight.push_back({Core::Kind::greeting, 0, "connect"});
  return core_->events_so_far();
}

ClientEvents ClientSession::receive(std::string_view bytes) {
  core_->receive(bytes);
  return core_->events_so_far();
}

ClientEvents ClientSession::tls_started() {
  if (core_->state != Core::State::handshake) return {};
  core_->tls = true;
  core_->state = Core::State::running;
  // What was said before TLS does not count.
  core_->pipelining = core_->has_stls = core_->has_user = core_->has_sasl_plain = false;
  core_->command(Core::Kind::capa, "CAPA");
  core_->pump();
  return core_->events_so_far();
}

ClientEvents ClientSession::tls_failed(Error error) {
  core_->fail(std::move(error).while_doing("starting TLS"));
  return core_->events_so_far();
}

ClientEvents ClientSession::retrieve(std::size_t number) {
  core_->give(Core::Kind::retr, "RETR " + std::to_string(number), number);
  return core_->events_so_far();
}

ClientEvents ClientSession::top(std::size_t number, std::size_t lines) {
  core_->give(Core::Kind::retr, "TOP " + std::to_string(number) + " " + std::to_string(lines), number);
  return core_->events_so_far();
}

ClientEvents ClientSession::erase(std::size_t number) {
  core_->give(Core::Kind::dele, "DELE " + std::to_string(number), number);
  return core_->events_so_far();
}

ClientEvents ClientSession::quit() {
  core_->quit();
  return core_->events_so_far();
}

ClientEvents ClientSession::connection_lost(Error error) {
  core_->fail(std::move(error).while_doing(core_->in_flight.empty() ? "collecting"
                                                                    : core_->in_flight.front().command));
  return core_->events_so_far();
}

ClientEvents ClientSession::timed_out() { return connection_lost(unavailable("the server does not answer")); }

bool ClientSession::tls() const { return core_->tls; }
bool ClientSession::idle() const {
  return core_->state == Core::State::ready && core_->in_flight.empty() && core_->to_send.empty() &&
         !core_->decoder;
}

}  // namespace stagecoach::pop3
