// USER and PASS, APOP (RFC 1939), AUTH (RFC 5034), and the mailbox behind them.
#include <algorithm>

#include "protocols/pop3/server_core.h"
#include "protocols/sasl/base64.h"
#include "protocols/sasl/digest.h"

namespace stagecoach::pop3 {

using Core = ServerSession::Core;
using sasl::Mechanism;

bool Core::may_use(Mechanism mechanism) const {
  if (tls) return true;
  return !settings->require_tls && !(settings->require_encrypted_auth && sasl::sends_secret(mechanism));
}

bool Core::may_log_in_here() {
  if (may_use(Mechanism::plain)) return true;
  complain("-ERR [AUTH] encryption is required, use STLS first");
  return false;
}

std::string Core::offered_mechanisms() const {
  std::string text;
  for (const Mechanism mechanism : settings->mechanisms)
    if (may_use(mechanism)) text += " " + std::string(sasl::name(mechanism));
  return text;
}

std::string Core::timestamp() const {
  return "<" + sasl::hex(sasl::hmac_sha256(random, "apop").substr(0, 12)) + "@" + settings->hostname + ">";
}

void Core::user_name(std::string_view argument) {
  if (!may_log_in_here()) return;
  if (argument.empty()) return complain("-ERR a user name is missing");
  offered_user = argument;
  say("+OK Enter password");
}

void Core::pass(std::string_view argument) {
  if (!may_log_in_here()) return;
  if (offered_user.empty()) return complain("-ERR send USER first");
  authzid.clear();
  ask(Question::password, PasswordOffered{{}, offered_user, std::string(argument)});
}

void Core::apop(std::string_view argument) {
  if (!settings->apop || (settings->require_tls && !tls)) return complain("-ERR APOP is not available");
  const auto space = argument.rfind(' ');
  if (space == std::string_view::npos || space == 0 || argument.size() - space != 33)
    return complain("-ERR say APOP name digest");
  offered_user = argument.substr(0, space);
  authzid.clear();
  ask(Question::apop, ApopOffered{offered_user, timestamp(), to_lower(argument.substr(space + 1))});
}

void Core::auth(std::string_view argument) {
  if (argument.empty()) {
    say("+OK mechanisms follow");
    for (const Mechanism mechanism : settings->mechanisms)
      if (may_use(mechanism)) say(sasl::name(mechanism));
    return say(".");
  }
  const auto space = argument.find(' ');
  const auto mechanism = sasl::parse_mechanism(argument.substr(0, space));
  const auto& known = settings->mechanisms;
  if (!mechanism || std::find(known.begin(), known.end(), *mechanism) == known.end())
    return complain("-ERR mechanism is not supported");
  if (!may_use(*mechanism)) return complain("-ERR [AUTH] encryption is required, use STLS first");
  std::optional<std::string> initial;
  if (space != std::string_view::npos) {
    const auto text = argument.substr(space + 1);
    initial = text == "=" ? std::optional<std::string>("") : sasl::decode_base64(text);
    if (!initial) return complain("-ERR bad base64");
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
  complain(line == "*" ? "-ERR authentication cancelled" : "-ERR bad base64");
}

void Core::carry_out(sasl::ServerStep step) {
  if (const auto* challenge = std::get_if<sasl::Challenge>(&step)) {
    mode = Mode::auth;
    return say("+ " + sasl::encode_base64(challenge->bytes));
  }
  if (auto* offered = std::get_if<sasl::PasswordOffered>(&step)) {
    return ask(Question::password,
               PasswordOffered{offered->authzid, offered->user, std::move(offered->password)});
  }
  if (auto* wanted = std::get_if<sasl::VerifierWanted>(&step))
    return ask(Question::verifier, VerifierWanted{std::move(wanted->authzid), std::move(wanted->user)});
  mode = Mode::command;
  exchange.reset();
  if (const auto* failed = std::get_if<sasl::Failed>(&step)) {
    if (failed->why == sasl::Failed::Why::malformed)
      return complain("-ERR authentication exchange is malformed");
    return login_failed(failed->user, failed->reason);
  }
  auto& done = std::get<sasl::Done>(step);
  offered_user = done.user;
  authzid = done.authzid;
  ask(Question::mailbox, MailboxWanted{authzid, offered_user});
}

void Core::login_failed(const std::string& name, const std::string& reason) {
  events.emplace_back(AuthenticationFailed{name, reason});
  offered_user.clear();
  say("-ERR [AUTH] invalid user name or password");
  if (++failed_logins >= limits().failed_logins_max) close();
}

void Core::login_unavailable() {
  offered_user.clear();
  exchange.reset();
  say("-ERR [SYS/TEMP] temporary authentication failure, try again later");
  go_on();
}

void Core::password_checked(sasl::PasswordVerdict verdict) {
  if (!answers(Question::password) && !answers(Question::apop)) return;
  if (verdict == sasl::PasswordVerdict::unavailable) return login_unavailable();
  const bool right = verdict == sasl::PasswordVerdict::accepted;
  if (exchange)
    carry_out(exchange->password_checked(right));
  else if (right)
    ask(Question::mailbox, MailboxWanted{{}, offered_user});
  else
    login_failed(std::string(offered_user), "wrong user name or password");
  go_on();
}

void Core::verifier_found(std::optional<sasl::ScramVerifier> verifier) {
  if (!answers(Question::verifier)) return;
  carry_out(exchange->verifier_found(std::move(verifier)));
  go_on();
}

void Core::opened(Result<MaildropSnapshot> result) {
  if (!answers(Question::mailbox)) return;
  if (result) {
    user = std::move(offered_user);
    messages = std::move(result->messages);
    deleted.assign(messages.size(), false);
    left = messages.size();
    left_bytes = 0;
    for (const Message& message : messages) left_bytes += message.size_bytes;
    say("+OK " + summary());
  } else {
    offered_user.clear();
    const Error::Kind kind = result.error().kind;
    if (kind == Error::Kind::conflict)
      say("-ERR [IN-USE] Mailbox Locked");
    else if (kind == Error::Kind::not_found || kind == Error::Kind::invalid_input)
      say("-ERR [AUTH] no mailbox for this user");
    else
      say("-ERR [SYS/TEMP] the mailbox cannot be opened, try again later");
  }
  go_on();
}

}  // namespace stagecoach::pop3
