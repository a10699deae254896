#include "protocols/imap/client_session.h"

#include <algorithm>

#include "protocols/imap/client_core.h"
#include "protocols/imap/wire.h"
#include "routing/model/address.h"

namespace stagecoach::imap {

using Core = ClientSession::Core;

namespace {

constexpr std::size_t k_shown_bytes_max = 500;
constexpr std::size_t k_secret_bytes_min = 3;  // a shorter one would be found in every word

void mask(std::string& text, std::string_view secret) {
  if (secret.size() < k_secret_bytes_min) return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 5))
    text.replace(at, secret.size(), "*****");
}

}  // namespace

void Core::receive(std::string_view bytes) {
  if (state == State::closed || state == State::start) return;
  const auto injected = [this] {
    fail(invalid_input("the server sent clear text behind its reply to STARTTLS"));
  };
  if (state == State::handshake) return injected();
  if (buffer.empty()) {
    consume(bytes);
    if (state != State::closed) buffer = bytes;
  } else {
    buffer += bytes;
    std::string_view input = buffer;
    consume(input);
    buffer.erase(0, buffer.size() - input.size());
  }
  if (state == State::handshake && !buffer.empty()) return injected();
  if (state != State::closed && buffer.size() > settings->limits.reply_bytes_max + 1)  // its CR may be there
    fail(limit_reached("a reply of the server is too long"));
}

void Core::consume(std::string_view& input) {
  while (state != State::closed && state != State::handshake) {
    if (literal_left > 0) {
      if (!take_literal(input)) return;
      continue;
    }
    const auto end = input.find('\n');
    if (end == std::string_view::npos) return;
    auto line = input.substr(0, end);
    input.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    on_line(line);
  }
}

/// False: the literal goes on.
bool Core::take_literal(std::string_view& input) {
  const auto bytes = input.substr(0, std::min<std::uint64_t>(literal_left, input.size()));
  input.remove_prefix(bytes.size());
  literal_left -= bytes.size();
  if (literal_is_content)
    content(bytes);
  else
    pending += bytes;
  return literal_left == 0;
}

void Core::on_line(std::string_view line) {
  if (pending.size() + line.size() > settings->limits.reply_bytes_max)
    return fail(limit_reached("a reply of the server is too long"));
  if (begin_literal(line)) return;
  if (pending.empty()) return on_reply(line);
  std::string whole = std::exchange(pending, {});
  whole += line;
  on_reply(whole);
}

bool Core::begin_literal(std::string_view line) {
  // The text of a status reply is for people: braces in it mean nothing.
  if (pending.empty() && (!line.starts_with("* ") || parse_status(line.substr(2)))) return false;
  const auto mark = literal_mark(line);
  if (!mark) return false;
  const auto before = line.substr(0, mark->begin);
  literal_is_content = announces_content(before);
  pending += before;
  if (literal_is_content) {
    const std::int64_t size_max = settings->limits.message_bytes_max;
    const bool too_large = size_max > 0 && mark->size_bytes > static_cast<std::uint64_t>(size_max);
    if (too_large) fail(limit_reached("message " + std::to_string(wanted_uid) + " is larger than allowed"));
    if (content_seen) fail(invalid_input("the server sent a message twice"));
    content_seen = true;
    pending += "\"\"";
  } else {
    if (mark->size_bytes >
        settings->limits.reply_bytes_max - std::min(pending.size(), settings->limits.reply_bytes_max))
      fail(limit_reached("a reply of the server is too long"));
    pending += "{" + std::to_string(mark->size_bytes) + "}\r\n";
  }
  if (state != State::closed) literal_left = mark->size_bytes;
  return true;
}

/// Whether a literal behind `before` is what was asked for.
bool Core::announces_content(std::string_view before) const {
  if (!current || current->kind != Kind::content) return false;
  if (!before.ends_with(' ') || before.size() <= wanted_item.size()) return false;
  const auto item = before.substr(before.size() - wanted_item.size() - 1, wanted_item.size());
  if (!equals_ignoring_case(item, wanted_item)) return false;
  const std::string_view head = pending.empty() ? before : std::string_view(pending);
  const auto word = head.find(' ', 2);
  return head.starts_with("* ") && word != std::string_view::npos &&
         equals_ignoring_case(head.substr(word, 8), " FETCH (");
}

void Core::content(std::string_view bytes) {
  content_size += static_cast<std::int64_t>(bytes.size());
  const std::int64_t size_max = settings->limits.message_bytes_max;
  if (size_max > 0 && content_size > size_max)
    return fail(limit_reached("message " + std::to_string(wanted_uid) + " is larger than allowed"));
  std::string out;
  out.reserve(bytes.size());
  line_ends.pass(bytes, out);
  if (!out.empty()) events.emplace_back(ContentBytes{std::move(out)});
}

void Core::on_reply(std::string_view reply) {
  if (current && current->kind == Kind::greeting) return greeted(reply);
  if (reply.starts_with("* ")) return on_untagged(reply.substr(2));
  if (reply != "+" && !reply.starts_with("+ ")) return on_tagged(reply);
  const auto text = reply.substr(std::min<std::size_t>(2, reply.size()));
  if (current && !current->rest.empty()) {
    output(current->rest.front());
    current->rest.pop_front();
    return;
  }
  if (current && current->kind == Kind::authenticate) return on_challenge(text);
  if (!current || current->kind != Kind::idle || idling)
    return fail(invalid_input("the server asks for more: " + std::string(reply.substr(0, 100))));
  idling = true;
  events.emplace_back(IdleBegun{});
}

void Core::on_tagged(std::string_view reply) {
  const auto space = std::min(reply.find(' '), reply.size());
  const auto text = reply.substr(std::min(space + 1, reply.size()));
  const auto status = parse_status(text);
  const auto is = [&](std::string_view word) { return status && equals_ignoring_case(status->status, word); };
  const bool ok = is("OK");
  if (!current || reply.substr(0, space) != current->tag || (!ok && !is("NO") && !is("BAD"))) {
    const std::string shown = current ? current->shown : "nothing";
    return fail(invalid_input(remote_error(shown, reply)));
  }
  const Command done = std::move(*current);
  current.reset();
  if (ok && !done.rest.empty())
    return fail(invalid_input("the server answered before the command was complete"));
  on_status(*status, text);
  switch (done.kind) {
    case Kind::capability: return capabilities_known();
    case Kind::starttls: return start_tls(done, ok, text);
    case Kind::login:
    case Kind::authenticate: return login_answered(done, ok, text);
    default: return command_answered(done, ok, text);
  }
}

void Core::output(std::string_view bytes) {
  if (events.empty() || !std::holds_alternative<Output>(events.back())) events.emplace_back(Output{});
  std::get<Output>(events.back()).bytes += bytes;
}

void Core::command(Kind kind, Line line, std::string shown) {
  if (shown.empty()) shown = line.text;
  (line.rest.empty() ? line.text : line.rest.back()) += "\r\n";
  std::string tag = "a" + std::to_string(++commands);
  output(tag + " " + line.text);
  replies = 0;
  current = Command{kind, std::move(tag), std::move(shown), std::move(line.rest)};
}

/// Quoted, or as a literal, which waits for the server's consent unless it has LITERAL+.
void Core::append_argument(Line& line, std::string_view text) const {
  std::string& out = line.rest.empty() ? line.text : line.rest.back();
  std::string argument;
  append_string(argument, text);
  if (argument.starts_with('"')) {
    out += argument;
    return;
  }
  out += "{" + std::to_string(text.size()) + (has.literal_plus ? "+}\r\n" : "}\r\n");
  if (has.literal_plus)
    out += text;
  else
    line.rest.emplace_back(text);
}

std::string Core::remote_error(const std::string& shown, std::string_view reply) const {
  std::string text(reply.substr(0, k_shown_bytes_max));
  mask(text, settings->credentials.password);
  mask(text, sent_secret);
  return "Error from remote server on \"" + shown + "\" -> " + text;
}

void Core::fail_on(const Command& failed, std::string_view reply) {
  fail(invalid_input(remote_error(failed.shown, reply)));
}

void Core::fail(Error error, bool login_refused) {
  if (state == State::closed) return;
  events.emplace_back(Failed{std::move(error), login_refused});
  close();
}

void Core::close() {
  state = State::closed;
  current.reset();
  events.emplace_back(CloseConnection{});
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
  core_->current = Core::Command{Core::Kind::greeting, {}, "connect", {}};
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
  core_->has = {};  // what was said before TLS does not count
  core_->command(Core::Kind::capability, "CAPABILITY");
  return core_->events_so_far();
}

ClientEvents ClientSession::connection_lost(Error error) {
  Core& core = *core_;
  const bool leaving = core.current && core.current->kind == Core::Kind::logout;
  if (leaving && core.state != Core::State::closed) {
    core.events.emplace_back(Finished{});  // nothing depends on its answer
    core.close();
  } else {
    core.fail(std::move(error).while_doing(core.current ? core.current->shown : "collecting"));
  }
  return core.events_so_far();
}

ClientEvents ClientSession::timed_out() { return connection_lost(unavailable("the server does not answer")); }

bool ClientSession::tls() const { return core_->tls; }
bool ClientSession::is_free() const { return core_->is_free(); }

}  // namespace stagecoach::imap
