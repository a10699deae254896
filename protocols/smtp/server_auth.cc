// AUTH (RFC 4954).
#include "protocols/sasl/base64.h"
#include "protocols/sasl/digest.h"
#include "protocols/smtp/server_core.h"

namespace stagecoach::smtp {

using Core = ServerSession::Core;

bool Core::may_use(sasl::Mechanism mechanism) const {
  if (tls) return true;
  return !settings->require_tls && !(settings->require_encrypted_auth && sasl::sends_secret(mechanism));
}

/// " PLAIN LOGIN", or nothing.
std::string Core::offered_mechanisms() const {
  std::string text;
  for (const sasl::Mechanism mechanism : settings->mechanisms)
    if (may_use(mechanism)) text += " " + std::string(sasl::name(mechanism));
  return text;
}

void Core::auth(std::string_view argument) {
  if (settings->mechanisms.empty()) return complain({502, "5.5.1", "AUTH is not offered"});
  if (!user.empty()) return complain({503, "5.5.1", "Already authenticated"});
  if (settings->require_tls && !tls) return complain({530, "5.7.0", "Send STARTTLS first"});
  const auto space = argument.find(' ');
  const auto mechanism = sasl::parse_mechanism(argument.substr(0, space));
  const auto& known = settings->mechanisms;
  if (!mechanism || std::find(known.begin(), known.end(), *mechanism) == known.end())
    return complain({504, "5.5.4", "Mechanism not supported"});
  if (!may_use(*mechanism)) return complain({538, "5.7.11", "Encryption is required for this mechanism"});
  std::optional<std::string> initial;
  if (space != std::string_view::npos) {
    const auto text = argument.substr(space + 1);
    initial = text == "=" ? std::optional<std::string>("") : sasl::decode_base64(text);
    if (!initial) return complain({501, "5.5.2", "Bad base64"});
  }
  const std::string seed = "nonce " + std::to_string(++auth_attempts);
  std::string nonce = sasl::encode_base64(sasl::hmac_sha256(random, seed).substr(0, 18));
  exchange = std::make_unique<sasl::ServerExchange>(*mechanism, std::move(nonce), settings->probe_secret);
  carry_out(exchange->begin(initial));
}

void Core::auth_line(std::string_view line) {
  const auto response = sasl::decode_base64(line);
  if (response) return carry_out(exchange->step(*response));
  mode = Mode::command;
  exchange.reset();
  if (line == "*") return complain({501, "5.7.0", "Authentication cancelled"});
  complain({501, "5.5.2", "Bad base64"});
}

void Core::carry_out(sasl::ServerStep step) {
  if (const auto* challenge = std::get_if<sasl::Challenge>(&step)) {
    mode = Mode::auth;
    return write({334, "", sasl::encode_base64(challenge->bytes)});
  }
  if (auto* offered = std::get_if<sasl::PasswordOffered>(&step))
    return offer(Offer::password, PasswordOffered{std::move(offered->authzid), std::move(offered->user),
                                                  std::move(offered->password)});
  if (auto* wanted = std::get_if<sasl::VerifierWanted>(&step))
    return offer(Offer::verifier, VerifierWanted{std::move(wanted->authzid), std::move(wanted->user)});
  mode = Mode::command;
  exchange.reset();
  if (const auto* failed = std::get_if<sasl::Failed>(&step)) return auth_failed(*failed);
  auto& done = std::get<sasl::Done>(step);
  user = done.user;
  events.emplace_back(Authenticated{std::move(done.authzid), std::move(done.user)});
  write({235, "2.7.0", "Authentication successful"});
}

void Core::auth_failed(const sasl::Failed& failed) {
  if (failed.why == sasl::Failed::Why::malformed)
    return complain({501, "5.5.2", "Authentication exchange is malformed"});
  events.emplace_back(AuthenticationFailed{failed.user, failed.reason});
  write({535, "5.7.8", "Authentication credentials are invalid"});
  if (++failed_logins >= limits().failed_logins_max)
    close_with({421, "4.7.0", settings->hostname + " Too many failed log-ins"});
}

void Core::password_checked(sasl::PasswordVerdict verdict) {
  if (mode != Mode::deciding || pending != Offer::password) return;
  if (verdict == sasl::PasswordVerdict::unavailable) return auth_unavailable();
  pending = Offer::none;
  carry_out(exchange->password_checked(verdict == sasl::PasswordVerdict::accepted));
  go_on();
}

void Core::verifier_found(std::optional<sasl::ScramVerifier> verifier) {
  if (mode != Mode::deciding || pending != Offer::verifier) return;
  pending = Offer::none;
  carry_out(exchange->verifier_found(std::move(verifier)));
  go_on();
}

void Core::auth_unavailable() {
  pending = Offer::none;
  mode = Mode::command;
  exchange.reset();
  write({454, "4.7.0", "Temporary authentication failure, try again later"});
  go_on();
}

}  // namespace stagecoach::smtp
