// Greeting, CAPABILITY, STARTTLS and log-in.
#include <algorithm>

#include "protocols/imap/client_core.h"
#include "protocols/sasl/base64.h"
#include "routing/model/address.h"

namespace stagecoach::imap {

using Core = ClientSession::Core;

namespace {

bool has_8bit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 128; });
}

bool breaks_lines(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

}  // namespace

void Core::greeted(std::string_view reply) {
  const Command greeting = std::move(*current);
  const auto text = reply.substr(std::min<std::size_t>(2, reply.size()));
  const auto status = reply.starts_with("* ") ? parse_status(text) : std::nullopt;
  const auto is = [&](std::string_view word) { return status && equals_ignoring_case(status->status, word); };
  preauthenticated = is("PREAUTH");
  if (!preauthenticated && !is("OK")) return fail_on(greeting, is("BYE") ? text : reply);
  current.reset();
  on_status(*status, text);
  if (capabilities_fresh) return capabilities_known();
  command(Kind::capability, "CAPABILITY");
}

/// A server that refuses CAPABILITY has none.
void Core::capabilities_known() {
  capabilities_fresh = false;
  if (logged_in) return say_ready();
  secure();
}

void Core::secure() {
  const ClientTls wanted = settings->tls;
  if (!tls && wanted == ClientTls::stls && preauthenticated)
    return fail(invalid_input("the server skips the log-in, so that TLS cannot begin"));
  // With `stls` it is tried even when CAPABILITY does not name it.
  const bool try_tls =
      !tls && !preauthenticated &&
      (wanted == ClientTls::stls || (wanted == ClientTls::stls_if_available && has.starttls));
  if (try_tls) return command(Kind::starttls, "STARTTLS");
  log_in();
}

void Core::start_tls(const Command& done, bool ok, std::string_view reply) {
  if (ok) {
    state = State::handshake;
    events.emplace_back(StartTls{});
    return;
  }
  if (settings->tls == ClientTls::stls) return fail_on(done, reply);
  log_in();
}

void Core::log_in() {
  if (preauthenticated) {
    logged_in = true;
    return say_ready();
  }
  const auto& [user, password, authzid] = settings->credentials;
  if (breaks_lines(user) || breaks_lines(password))
    return fail(invalid_input("user name or password contains a line end"));
  capabilities_fresh = false;
  switch (settings->auth) {
    case ClientAuth::automatic: return log_in_automatically();
    case ClientAuth::login: return login();
    case ClientAuth::plain: return authenticate(sasl::Mechanism::plain);
    case ClientAuth::cram_md5: return authenticate(sasl::Mechanism::cram_md5);
    case ClientAuth::scram_sha_256: return authenticate(sasl::Mechanism::scram_sha_256);
    case ClientAuth::xoauth2: return authenticate(sasl::Mechanism::xoauth2);
  }
}

void Core::log_in_automatically() {
  const auto& [user, password, authzid] = settings->credentials;
  if (!tls && has.offers(sasl::Mechanism::scram_sha_256)) return authenticate(sasl::Mechanism::scram_sha_256);
  const bool login_fits = !has.login_disabled && !has_8bit(user) && !has_8bit(password);
  if (!login_fits && has.offers(sasl::Mechanism::plain)) return authenticate(sasl::Mechanism::plain);
  if (!has.login_disabled) return login();
  if (has.offers(sasl::Mechanism::scram_sha_256)) return authenticate(sasl::Mechanism::scram_sha_256);
  fail(invalid_input(tls ? "the server offers no log-in with a password"
                         : "the server offers no log-in with a password without TLS"));
}

void Core::login() {
  Line line{"LOGIN ", {}};
  append_argument(line, settings->credentials.user);
  (line.rest.empty() ? line.text : line.rest.back()) += " ";
  append_argument(line, settings->credentials.password);
  command(Kind::login, std::move(line), "LOGIN " + settings->credentials.user + " *****");
}

void Core::authenticate(sasl::Mechanism mechanism) {
  exchange = std::make_unique<sasl::ClientExchange>(mechanism, settings->credentials, settings->nonce);
  Line line{"AUTHENTICATE " + std::string(sasl::name(mechanism)), {}};
  const std::string shown = line.text + " *****";
  initial_response = exchange->initial_response();
  if (initial_response && has.sasl_ir) {
    sent_secret = sasl::encode_base64(*std::exchange(initial_response, std::nullopt));
    line.text += " " + sent_secret;
  }
  command(Kind::authenticate, std::move(line), shown);
}

void Core::on_challenge(std::string_view challenge) {
  const auto raw = sasl::decode_base64(challenge);
  if (!raw || !exchange) return fail(invalid_input(remote_error(current->shown, challenge)));
  if (initial_response) {
    sent_secret = sasl::encode_base64(*std::exchange(initial_response, std::nullopt));
    return output(sent_secret + "\r\n");
  }
  if (settings->auth == ClientAuth::xoauth2) refusal = " (" + raw->substr(0, 200) + ")";
  auto answer = exchange->step(*raw);
  if (!answer)
    return fail(std::move(answer).error().while_doing("logging in with \"" + current->shown + "\""));
  sent_secret = sasl::encode_base64(*answer);
  output(sent_secret + "\r\n");
}

void Core::login_answered(const Command& done, bool ok, std::string_view reply) {
  if (!ok) return fail(invalid_input(remote_error(done.shown, reply) + refusal), true);
  if (exchange && !exchange->finished())
    return fail(invalid_input("the server said success before the exchange was over"));
  exchange.reset();
  logged_in = true;
  if (capabilities_fresh) return say_ready();
  command(Kind::capability, "CAPABILITY");  // more may be there than before the log-in
}

void Core::say_ready() {
  state = State::ready;
  events.emplace_back(Ready{has.idle});
}

}  // namespace stagecoach::imap
