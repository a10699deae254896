#include "protocols/smtp/client_session.h"

#include "protocols/smtp/client_core.h"

namespace stagecoach::smtp {

using Core = ClientSession::Core;

std::string_view name(ClientStage stage) {
  constexpr std::string_view k_names[] = {"connect",     "greeting", "EHLO",    "STARTTLS", "AUTH",
                                          "idle",        "MAIL",     "RCPT",    "DATA",     "content",
                                          "end of data", "QUIT",     "question"};
  return k_names[static_cast<std::size_t>(stage)];
}

void Core::receive(std::string_view bytes) {
  if (state == State::closed || state == State::start || state == State::turned) return;
  if (state == State::handshake)
    return fail(invalid_input("the server sent clear text behind its reply to STARTTLS"));
  parser.add(bytes);
  while (state != State::closed && state != State::turned) {
    const auto reply = parser.next();
    if (!reply) return fail(reply.error());
    if (!*reply) return;
    on_reply(**reply);
    if (state == State::handshake && parser.has_rest())
      return fail(invalid_input("the server sent clear text behind its reply to STARTTLS"));
  }
}

void Core::on_reply(const Reply& reply) {
  if (in_flight.empty()) return unexpected(reply);
  const Expected expected = std::move(in_flight.front());
  in_flight.pop_front();
  if (reply.code == 421 && expected.kind != Kind::quit) {
    // Said instead of the answer: nothing more will come. After the content it is an answer all the same.
    if (expected.kind == Kind::end_of_data) content_complete = lmtp();
    return fail_on(expected, reply);
  }
  switch (expected.kind) {
    case Kind::greeting: greeted(expected, reply); break;
    case Kind::ehlo: ehlo_answered(expected, reply); break;
    case Kind::helo: helo_answered(expected, reply); break;
    case Kind::starttls: starttls_answered(expected, reply); break;
    case Kind::auth: auth_answered(expected, reply); break;
    case Kind::mail: mail_answered(expected, reply); break;
    case Kind::rcpt: rcpt_answered(expected, reply); break;
    case Kind::data: data_answered(expected, reply); break;
    case Kind::abandoned_data: abandoned_data_answered(); break;
    case Kind::end_of_data: end_of_data_answered(expected, reply); break;
    case Kind::bdat: bdat_answered(expected, reply); break;
    case Kind::rset:
      if (!reply.accepts()) fail_on(expected, reply);
      break;
    case Kind::quit: close(); break;
    case Kind::question: question_answered(reply); break;
  }
  if (state != State::closed) pump();
}

void Core::question_answered(const Reply& reply) {
  answer = reply;
  if (after_answer != AfterAnswer::turn || !reply.accepts()) return next_transaction();
  // RFC 2645 section 5.3: the next word is our greeting.
  if (parser.has_rest())
    return fail(invalid_input("the server went on speaking when the roles had been exchanged"));
  state = State::turned;
  events.emplace_back(Idle{});
}

/// Nothing was asked: the server gives up (421), or it refuses content before its end.
void Core::unexpected(const Reply& reply) {
  if (state == State::quitting) return close();
  if (current && content_open && reply.code >= 400) settle_all(reply, "content", true);
  const std::string where(smtp::name(stage()));
  fail(unavailable("Error from remote server on \"" + where + "\" -> " + reply.line()), reply);
}

void Core::command(Kind kind, std::string line, std::string shown, std::size_t index) {
  if (shown.empty()) shown = line;
  to_send.push_back({{kind, index, std::move(shown)}, std::move(line) + "\r\n"});
}

void Core::pump() {
  while (!to_send.empty() && (pipelining() || in_flight.empty())) {
    output(to_send.front().wire);
    expect(std::move(to_send.front().expected));
    to_send.pop_front();
  }
}

void Core::output(std::string_view bytes) {
  if (events.empty() || !std::holds_alternative<Output>(events.back())) events.emplace_back(Output{});
  std::get<Output>(events.back()).bytes += bytes;
}

void Core::fail_on(const Expected& expected, const Reply& reply) {
  const std::string shown = expected.kind == Kind::greeting ? "connect" : expected.command;
  const std::string text = "Error from remote server on \"" + shown + "\" -> " + reply.line();
  // The stage is that of the command which was answered, so it goes back to the front.
  in_flight.push_front(expected);
  fail(reply.is_permanent() ? invalid_input(text) : unavailable(text), reply);
}

void Core::fail(Error error, std::optional<Reply> reply) {
  if (state == State::closed) return;
  const ClientStage where = stage();
  if (current) {
    const bool unknown = content_complete;
    const Reply lost{451, "4.4.2", error.text()};
    settle_all(reply && !reply->is_permanent() ? *reply : lost, std::string(smtp::name(where)),
               reply.has_value());
    MessageResult result;
    for (auto& recipient : recipients) result.recipients.push_back(std::move(recipient.outcome));
    result.unknown = unknown;
    current.reset();
    events.emplace_back(std::move(result));
  }
  const bool permanent = reply && reply->is_permanent();
  events.emplace_back(SessionFailed{std::move(error), where, std::move(reply), permanent});
  close();
}

void Core::close() {
  state = State::closed;
  to_send.clear();
  in_flight.clear();
  events.emplace_back(Close{});
}

ClientStage Core::stage() const {
  if (state == State::start) return ClientStage::connect;
  if (state == State::handshake) return ClientStage::starttls;
  if (in_flight.empty()) return content_open ? ClientStage::content : ClientStage::idle;
  switch (in_flight.front().kind) {
    case Kind::greeting: return ClientStage::greeting;
    case Kind::ehlo:
    case Kind::helo: return ClientStage::ehlo;
    case Kind::starttls: return ClientStage::starttls;
    case Kind::auth: return ClientStage::auth;
    case Kind::mail:
    case Kind::rset: return ClientStage::mail;
    case Kind::rcpt: return ClientStage::rcpt;
    case Kind::data: return ClientStage::data;
    case Kind::bdat: return ClientStage::content;
    case Kind::abandoned_data:
    case Kind::end_of_data: return ClientStage::end_of_data;
    case Kind::quit: return ClientStage::quit;
    case Kind::question: return ClientStage::question;
  }
  return ClientStage::idle;
}

std::chrono::seconds Core::timeout() const {
  const ClientTimeouts& timeouts = settings->timeouts;
  if (!in_flight.empty() && in_flight.front().kind == Kind::rset) return timeouts.rset;
  if (!in_flight.empty() && in_flight.front().kind == Kind::abandoned_data) return timeouts.abort;
  switch (stage()) {
    case ClientStage::connect:
    case ClientStage::greeting: return timeouts.greeting;
    case ClientStage::ehlo: return timeouts.ehlo;
    case ClientStage::starttls: return timeouts.starttls;
    case ClientStage::auth:
      if (auth_mechanism == sasl::Mechanism::login) return timeouts.auth_login;
      return auth_mechanism == sasl::Mechanism::cram_md5 ? timeouts.auth_cram_md5 : timeouts.auth;
    case ClientStage::idle:
    case ClientStage::mail: return timeouts.mail;
    case ClientStage::rcpt: return timeouts.rcpt;
    case ClientStage::data: return timeouts.data;
    case ClientStage::content: return timeouts.content;
    case ClientStage::end_of_data: return timeouts.end_of_data;
    case ClientStage::question: return timeouts.question;
    case ClientStage::quit: break;
  }
  return timeouts.quit;
}

// The facade

ClientSession::ClientSession(std::shared_ptr<const ClientSettings> settings, std::string random)
    : core_(std::make_unique<Core>(std::move(settings), std::move(random))) {}
ClientSession::~ClientSession() = default;
ClientSession::ClientSession(ClientSession&&) noexcept = default;
ClientSession& ClientSession::operator=(ClientSession&&) noexcept = default;

ClientEvents ClientSession::connected() {
  if (core_->state != Core::State::start) return {};
  core_->state = Core::State::running;
  core_->tls = core_->settings->tls == TlsPolicy::implicit;
  core_->expect({Core::Kind::greeting, 0, "connect"});
  return core_->events_so_far();
}

ClientEvents ClientSession::receive(std::string_view bytes) {
  core_->receive(bytes);
  return core_->events_so_far();
}

void ClientSession::set_proved(bool proved) { core_->proved = proved; }

ClientEvents ClientSession::tls_started() {
  if (core_->state != Core::State::handshake) return {};
  // RFC 3207 section 4.2: the client forgets what it learned before
  core_->tls = true;
  core_->peer = {};
  core_->parser.clear();
  core_->state = Core::State::running;
  core_->say_ehlo();
  core_->pump();
  return core_->events_so_far();
}

ClientEvents ClientSession::tls_failed(Error error) {
  core_->fail(std::move(error).while_doing("starting TLS"));
  return core_->events_so_far();
}

ClientEvents ClientSession::send(Transaction transaction) {
  if (core_->state == Core::State::closed || core_->state == Core::State::quitting) return {};
  core_->queue.push_back(std::move(transaction));
  if (core_->state == Core::State::idle) core_->next_transaction();
  return core_->events_so_far();
}

void ClientSession::ask(std::string command, AfterAnswer after) {
  core_->question = std::move(command);
  core_->after_answer = after;
}

const std::optional<Reply>& ClientSession::answer() const { return core_->answer; }

ClientEvents ClientSession::content(std::string_view bytes, bool last) {
  core_->content(bytes, last);
  return core_->events_so_far();
}

ClientEvents ClientSession::content_failed(Error error) {
  core_->fail(std::move(error).while_doing("reading the message to send"));
  return core_->events_so_far();
}

ClientEvents ClientSession::quit() {
  core_->quit_wanted = true;
  if (core_->state == Core::State::idle) core_->say_quit();
  return core_->events_so_far();
}

ClientEvents ClientSession::connection_lost(Error error) {
  if (core_->state == Core::State::quitting)
    core_->close();
  else
    core_->fail(std::move(error).while_doing(std::string(name(core_->stage()))));
  return core_->events_so_far();
}

ClientEvents ClientSession::timed_out() {
  return connection_lost(
      unavailable("the server did not answer within " + std::to_string(timeout().count()) + " s"));
}

std::chrono::seconds ClientSession::timeout() const { return core_->timeout(); }
ClientStage ClientSession::stage() const { return core_->stage(); }
bool ClientSession::tls() const { return core_->tls; }
const PeerExtensions& ClientSession::peer() const { return core_->peer; }
const std::string& ClientSession::greeting() const { return core_->greeting; }

}  // namespace stagecoach::smtp
