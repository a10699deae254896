#include "protocols/imap/session_impl.h"
#include "protocols/sasl/base64.h"
#include "routing/model/address.h"

namespace stagecoach::imap {

void ServerSession::Impl::starttls(Cursor& cursor) {
  if (!ends(cursor)) return;
  if (!options_.starttls || options_.tls) return bad("TLS is not available");
  ok("Begin TLS negotiation now");
  // What was sent in plain behind the command is an injection: it must not count as if it had come by TLS.
  const bool injected = reader_.waiting() > 0;
  reader_.clear();
  wait(Waiting::tls, StartTls{});
  if (injected) hang_up();
}

void ServerSession::Impl::tls_started() {
  options_.tls = true;
  reader_.clear();
  reader_.reset();
}

bool ServerSession::Impl::may_log_in(bool shows_password) {
  if (options_.tls || (!options_.require_tls && (options_.plain_login || !shows_password))) return true;
  no("[PRIVACYREQUIRED] Log in over TLS");
  return false;
}

void ServerSession::Impl::login(Cursor& cursor) {
  auto user = cursor.space() ? cursor.astring() : std::nullopt;
  if (!user || !cursor.space()) return bad("Expected user name and password");
  auto password = cursor.astring();
  if (!password) return bad("Expected user name and password");
  if (!ends(cursor) || !may_log_in(true)) return;
  wait(Waiting::login, Authenticate{"LOGIN", {}, std::move(*user), std::move(*password)});
}

void ServerSession::Impl::authenticate(Cursor& cursor) {
  const auto name = cursor.space() ? cursor.atom() : std::nullopt;
  if (!name) return bad("Expected a mechanism");
  const auto mechanism = sasl::parse_mechanism(*name);
  const bool offered =
      mechanism && (*mechanism == sasl::Mechanism::plain || *mechanism == sasl::Mechanism::login ||
                    (*mechanism == sasl::Mechanism::scram_sha_256 && options_.scram));
  if (!offered) return no("[CANNOT] Unknown mechanism");
  std::optional<std::string> initial;
  if (cursor.space()) {
    initial = cursor.rest() == "=" ? std::string() : sasl::decode_base64(cursor.rest());
    if (!initial) return bad("Bad base64");
  } else if (!ends(cursor)) {
    return;
  }
  if (!may_log_in(sasl::sends_secret(*mechanism))) return;
  // Each attempt has a nonce of its own.
  sasl::ServerExchange exchange(*mechanism, options_.server_nonce + std::to_string(failed_logins_),
                                options_.probe_secret);
  const bool login = *mechanism == sasl::Mechanism::login;
  auto& work =
      begin(LoginWork{std::move(exchange), login ? "AUTH-LOGIN" : std::string(sasl::name(*mechanism))});
  sasl_step(work.exchange.begin(initial));
}

bool ServerSession::Impl::sasl_line() {
  const auto line = reader_.take_line();
  if (!line) return false;
  mode_ = Mode::commands;
  if (*line == "*") {
    bad("Authentication cancelled");
  } else if (const auto bytes = sasl::decode_base64(*line)) {
    sasl_step(work<LoginWork>().exchange.step(*bytes));
  } else {
    bad("Bad base64");
  }
  return true;
}

void ServerSession::Impl::sasl_step(sasl::ServerStep step) {
  if (const auto* challenge = std::get_if<sasl::Challenge>(&step)) {
    out("+ " + sasl::encode_base64(challenge->bytes) + "\r\n");
    mode_ = Mode::sasl;
  } else if (auto* offered = std::get_if<sasl::PasswordOffered>(&step)) {
    wait(Waiting::login, Authenticate{work<LoginWork>().mechanism, std::move(offered->authzid),
                                      std::move(offered->user), std::move(offered->password)});
  } else if (auto* wanted = std::get_if<sasl::VerifierWanted>(&step)) {
    wait(Waiting::verifier, WantScramVerifier{std::move(wanted->user)});
  } else if (auto* done = std::get_if<sasl::Done>(&step)) {
    wait(Waiting::login, ScramSucceeded{std::move(done->authzid), std::move(done->user)});
  } else {
    auto& failed = std::get<sasl::Failed>(step);
    emit(LoginFailed{work<LoginWork>().mechanism, failed.user});
    login_failed("[AUTHENTICATIONFAILED] Wrong user name or password", true);
  }
}

void ServerSession::Impl::verifier(const std::string& text) {
  std::optional<sasl::ScramVerifier> found;
  if (auto parsed = sasl::parse_scram_verifier(text)) found = std::move(*parsed);
  sasl_step(work<LoginWork>().exchange.verifier_found(std::move(found)));
}

void ServerSession::Impl::authenticated(Result<std::string> user) {
  if (!user) {
    const Error& error = user.error();
    if (error.kind == Error::Kind::limit_reached) return login_failed("[LIMIT] " + error.reason, false);
    if (error.kind == Error::Kind::conflict) return login_failed("[INUSE] " + error.reason, false);
    if (error.is_temporary() || error.kind == Error::Kind::internal)
      return login_failed("[UNAVAILABLE] Try again later", false);
    return login_failed("[AUTHENTICATIONFAILED] Wrong user name or password", true);
  }
  user_ = std::move(*user);
  state_ = logged_in;
  ok("[CAPABILITY " + capabilities() + "] Logged in");
}

void ServerSession::Impl::login_failed(std::string_view text, bool counts) {
  no(text);
  if (counts && ++failed_logins_ >= limits_.failed_logins_max) bye("Too many failed logins");
}

}  // namespace stagecoach::imap
