// Greeting, EHLO, STARTTLS (RFC 3207), AUTH (RFC 4954).
#include "protocols/sasl/base64.h"
#include "protocols/sasl/digest.h"
#include "protocols/smtp/client_core.h"

namespace stagecoach::smtp {

using Core = ClientSession::Core;

namespace {

constexpr std::size_t k_command_bytes_max = 512;  // a longer initial response waits for the challenge

}  // namespace

void Core::greeted(const Expected& expected, const Reply& reply) {
  if (!reply.accepts()) return fail_on(expected, reply);
  greeting = reply.text.substr(0, reply.text.find('\n'));
  say_ehlo();
}

void Core::say_ehlo() { command(Kind::ehlo, (lmtp() ? "LHLO " : "EHLO ") + settings->ehlo_name); }

void Core::ehlo_answered(const Expected& expected, const Reply& reply) {
  if (reply.accepts()) {
    peer = parse_ehlo_reply(reply);
    return after_ehlo();
  }
  // RFC 5321 section 3.2: who does not know EHLO may know HELO. TLS and AUTH come with EHLO only.
  const bool must_extend = lmtp() || settings->login || settings->tls == TlsPolicy::required;
  if (!reply.is_permanent() || must_extend) return fail_on(expected, reply);
  command(Kind::helo, "HELO " + settings->ehlo_name);
}

void Core::helo_answered(const Expected& expected, const Reply& reply) {
  if (!reply.accepts()) return fail_on(expected, reply);
  next_transaction();
}

void Core::after_ehlo() {
  const TlsPolicy policy = settings->tls;
  if (!tls && (policy == TlsPolicy::required || policy == TlsPolicy::opportunistic)) {
    if (peer.starttls) return command(Kind::starttls, "STARTTLS");
    if (policy == TlsPolicy::required)
      return fail(unavailable("the server does not offer STARTTLS, which is required"));
  }
  log_in();
}

void Core::starttls_answered(const Expected& expected, const Reply& reply) {
  if (reply.accepts()) {
    state = State::handshake;
    events.emplace_back(StartTls{});
  } else if (settings->tls == TlsPolicy::required) {
    fail_on(expected, reply);
  } else {
    log_in();
  }
}

void Core::log_in() {
  if (!settings->login) return next_transaction();
  const ClientLogin& login = *settings->login;
  const auto mechanism =
      login.mechanism ? login.mechanism : sasl::choose_mechanism(peer.mechanisms, tls, login.secret_in_clear);
  if (!mechanism)
    return fail(unavailable(peer.mechanisms.empty()
                                ? "the server does not offer AUTH, but credentials are set"
                                : "the server offers no usable AUTH mechanism"));
  if (!tls && sends_secret(*mechanism) && !login.secret_in_clear)
    return fail(unavailable("the password would be sent without TLS"));
  std::string nonce = sasl::encode_base64(sasl::hmac_sha256(random, "client nonce").substr(0, 18));
  exchange = std::make_unique<sasl::ClientExchange>(*mechanism, login.credentials, std::move(nonce));
  auth_mechanism = *mechanism;
  const std::string auth = "AUTH " + std::string(sasl::name(*mechanism));
  initial_response = exchange->initial_response();
  auth_shown = auth + (initial_response ? " *****" : "");
  if (!initial_response) return command(Kind::auth, auth, auth_shown);
  const std::string encoded = initial_response->empty() ? "=" : sasl::encode_base64(*initial_response);
  if (auth.size() + encoded.size() + 3 > k_command_bytes_max) return command(Kind::auth, auth, auth_shown);
  initial_response.reset();
  command(Kind::auth, auth + " " + encoded, auth_shown);
}

void Core::auth_answered(const Expected& expected, const Reply& reply) {
  if (reply.code == 334) {
    const auto challenge = sasl::decode_base64(reply.text);
    auto answer = initial_response ? Result<std::string>(*std::exchange(initial_response, std::nullopt))
                  : challenge      ? exchange->step(*challenge)
                                   : Result<std::string>(invalid_input("the challenge is not base64"));
    if (!answer) return fail(std::move(answer).error().while_doing("logging in with \"" + auth_shown + "\""));
    return command(Kind::auth, sasl::encode_base64(*answer), auth_shown);
  }
  if (!reply.accepts()) return fail_on(expected, reply);
  const bool proved = exchange->finished();
  exchange.reset();
  if (!proved) return fail(invalid_input("the server said success before the exchange was over"));
  next_transaction();
}

}  // namespace stagecoach::smtp
