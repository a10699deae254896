// Greeting, CAPA, STLS, log-in, STAT, LIST and UIDL.
#include <charconv>

#include "protocols/pop3/client_core.h"
#include "protocols/sasl/base64.h"
#include "protocols/sasl/digest.h"

namespace stagecoach::pop3 {

using Core = ClientSession::Core;

void Core::greeted(const Expected& expected, std::string_view line) {
  if (!line.starts_with("+OK")) return fail_on(expected, line);
  const auto open = line.find('<');
  const auto close = line.find('>', open == std::string_view::npos ? 0 : open);
  if (open != std::string_view::npos && close != std::string_view::npos)
    apop_timestamp = line.substr(open, close + 1 - open);
  command(Kind::capa, "CAPA");
}

void Core::capa_line(std::string_view line) {
  if (equals_ignoring_case(line, "STLS")) has_stls = true;
  if (equals_ignoring_case(line, "PIPELINING")) pipelining = true;
  if (equals_ignoring_case(line, "USER")) has_user = true;
  const std::string words = to_lower(line) + " ";
  if (words.starts_with("sasl ") && words.find(" plain ") != std::string::npos) has_sasl_plain = true;
}

void Core::capa_done() {
  const ClientTls wanted = settings->tls;
  // With `stls` it is tried even when CAPA does not name it: old servers have no CAPA.
  const bool try_tls =
      !tls && (wanted == ClientTls::stls || (wanted == ClientTls::stls_if_available && has_stls));
  if (try_tls) return command(Kind::stls, "STLS");
  log_in();
}

void Core::start_tls(const Expected& expected, std::string_view line) {
  if (line.starts_with("+OK")) {
    state = State::handshake;
    events.emplace_back(StartTls{});
    return;
  }
  if (settings->tls == ClientTls::stls) return fail_on(expected, line);
  log_in();
}

void Core::log_in() {
  const sasl::Credentials& credentials = settings->credentials;
  const auto begin = [&](sasl::Mechanism mechanism) {
    exchange = std::make_unique<sasl::ClientExchange>(mechanism, credentials, "");
    const std::string auth = "AUTH " + std::string(sasl::name(mechanism));
    const auto initial = exchange->initial_response();
    if (!initial) return command(Kind::auth, auth);
    command(Kind::auth, auth + " " + sasl::encode_base64(*initial), auth + " *****");
  };
  switch (settings->auth) {
    case ClientAuth::plain:
      if (has_sasl_plain && !has_user) return begin(sasl::Mechanism::plain);
      return command(Kind::user, "USER " + credentials.user);
    case ClientAuth::cram_md5: return begin(sasl::Mechanism::cram_md5);
    case ClientAuth::sasl_plain: return begin(sasl::Mechanism::plain);
    case ClientAuth::xoauth2: return begin(sasl::Mechanism::xoauth2);
    case ClientAuth::apop: break;
  }
  if (apop_timestamp.empty()) return fail(invalid_input("the server does not offer APOP"));
  const std::string digest = sasl::hex(sasl::md5(apop_timestamp + credentials.password));
  command(Kind::apop, "APOP " + credentials.user + " " + digest, "APOP " + credentials.user + " *****");
}

void Core::auth_challenge(const Expected& expected, std::string_view line) {
  const auto challenge = sasl::decode_base64(line);
  if (!challenge || !exchange) return fail_on(expected, line);
  auto answer = exchange->step(*challenge);
  if (!answer)
    return fail(std::move(answer).error().while_doing("logging in with \"" + expected.command + "\""));
  command(Kind::auth, sasl::encode_base64(*answer), expected.command);
}

void Core::logged_in() {
  exchange.reset();
  command(Kind::stat, "STAT");
}

void Core::stat_answered(const Expected& expected, std::string_view line) {
  std::size_t count = 0;
  const auto digits = line.substr(std::min<std::size_t>(4, line.size()));
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (!line.starts_with("+OK") || parsed.ec != std::errc{}) return fail_on(expected, line);
  if (count > settings->limits.messages_max)
    return fail(limit_reached("the mailbox has more than " + std::to_string(settings->limits.messages_max) +
                              " messages"));
  messages.resize(count);
  for (std::size_t i = 0; i < count; ++i) messages[i].number = i + 1;
  if (count == 0) {
    has_uidl = true;  // nobody knows, and nothing depends on it
    return say_ready();
  }
  command(settings->sizes ? Kind::list : Kind::uidl, settings->sizes ? "LIST" : "UIDL");
}

/// The message whose number begins the line; `line` keeps what follows.
RemoteMessage* Core::numbered(std::string_view& line) {
  std::size_t number = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), number);
  if (parsed.ec != std::errc{} || number == 0 || number > messages.size()) return nullptr;
  line.remove_prefix(static_cast<std::size_t>(parsed.ptr - line.data()));
  while (line.starts_with(' ')) line.remove_prefix(1);
  while (line.ends_with(' ')) line.remove_suffix(1);
  return &messages[number - 1];
}

void Core::list_line(std::string_view line) {
  const std::string whole(line.substr(0, 100));
  RemoteMessage* const message = numbered(line);
  if (!message) return fail(invalid_input(remote_error("LIST", whole)));
  std::from_chars(line.data(), line.data() + line.size(), message->size_bytes);
  if (message->size_bytes < 0) message->size_bytes = 0;
}

void Core::uidl_line(std::string_view line) {
  const std::string whole(line.substr(0, 100));
  RemoteMessage* const message = numbered(line);
  if (!message) return fail(invalid_input(remote_error("UIDL", whole)));
  message->uid = line;
}

void Core::say_ready() {
  state = State::ready;
  events.emplace_back(Ready{std::move(messages), has_uidl});
  messages.clear();
}

}  // namespace stagecoach::pop3
