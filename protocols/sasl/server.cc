#include "protocols/sasl/server.h"

#include <utility>

#include "protocols/sasl/base64.h"
#include "protocols/sasl/digest.h"
#include "protocols/sasl/scram_text.h"

namespace stagecoach::sasl {

using Why = Failed::Why;

ServerExchange::ServerExchange(Mechanism mechanism, std::string nonce, std::string probe_secret)
    : mechanism_(mechanism), nonce_(std::move(nonce)), probe_secret_(std::move(probe_secret)) {}

ServerStep ServerExchange::fail(Why why, std::string reason) {
  state_ = State::over;
  return Failed{why, user_, std::move(reason)};
}

ServerStep ServerExchange::begin(const std::optional<std::string>& initial_response) {
  if (mechanism_ == Mechanism::cram_md5 || mechanism_ == Mechanism::xoauth2)
    return fail(Why::malformed, "mechanism not supported");
  if (initial_response) return step(*initial_response);
  return Challenge{mechanism_ == Mechanism::login ? "Username:" : ""};
}

ServerStep ServerExchange::step(std::string_view response) {
  if (state_ == State::scram_acknowledge) {
    if (!response.empty()) return fail(Why::malformed, "data after the last message");
    state_ = State::over;
    return Done{authzid_, user_};
  }
  if (state_ == State::scram_final) return client_final(response);
  if (mechanism_ == Mechanism::login && (state_ == State::start || state_ == State::wait_password))
    return login(response);
  if (state_ != State::start) return fail(Why::malformed, "unexpected response");
  return mechanism_ == Mechanism::plain ? plain(response) : client_first(response);
}

// RFC 4616 section 2: message = [authzid] NUL authcid NUL passwd
ServerStep ServerExchange::plain(std::string_view message) {
  const auto first = message.find('\0');
  const auto second = first == std::string_view::npos ? first : message.find('\0', first + 1);
  if (second == std::string_view::npos || message.find('\0', second + 1) != std::string_view::npos)
    return fail(Why::malformed, "PLAIN needs three parts");
  authzid_ = message.substr(0, first);
  user_ = message.substr(first + 1, second - first - 1);
  if (user_.empty()) return fail(Why::malformed, "empty user name");
  state_ = State::deciding;
  return PasswordOffered{authzid_, user_, std::string(message.substr(second + 1))};
}

ServerStep ServerExchange::login(std::string_view response) {
  if (response.find('\0') != std::string_view::npos) return fail(Why::malformed, "NUL in LOGIN");
  if (state_ == State::start) {
    if (response.empty()) return fail(Why::malformed, "empty user name");
    user_ = response;
    state_ = State::wait_password;
    return Challenge{"Password:"};
  }
  state_ = State::deciding;
  return PasswordOffered{{}, user_, std::string(response)};
}

ServerStep ServerExchange::password_checked(bool right) {
  if (state_ != State::deciding || mechanism_ == Mechanism::scram_sha_256)
    return fail(Why::malformed, "no password was offered");
  if (!right) return fail(Why::refused, "wrong user name or password");
  state_ = State::over;
  return Done{authzid_, user_};
}

// RFC 5802 section 7: client-first-message = gs2-header client-first-message-bare
ServerStep ServerExchange::client_first(std::string_view message) {
  std::string_view rest = message;
  if (!rest.starts_with("n,") && !rest.starts_with("y,"))
    return fail(Why::malformed, "channel binding is not supported");
  rest.remove_prefix(2);
  if (const auto authzid = take_attribute(rest, 'a')) {
    const auto name = decode_saslname(*authzid);
    if (!name) return fail(Why::malformed, "bad authorization name");
    authzid_ = *name;
  } else {
    if (!rest.starts_with(',')) return fail(Why::malformed, "bad gs2 header");
    rest.remove_prefix(1);
  }
  gs2_header_ = message.substr(0, message.size() - rest.size());
  const std::string_view bare = rest;
  const auto user = take_attribute(rest, 'n');
  const auto nonce = take_attribute(rest, 'r');
  const auto name = user ? decode_saslname(*user) : std::nullopt;
  if (!name || name->empty() || !nonce || nonce->empty()) return fail(Why::malformed, "bad first message");
  if (nonce->size() > 1024) return fail(Why::malformed, "nonce too long");
  user_ = *name;
  auth_message_ = bare;
  nonce_ = std::string(*nonce) + nonce_;
  state_ = State::deciding;
  return VerifierWanted{authzid_, user_};
}

ServerStep ServerExchange::verifier_found(std::optional<ScramVerifier> verifier) {
  if (state_ != State::deciding || mechanism_ != Mechanism::scram_sha_256)
    return fail(Why::malformed, "no verifier was wanted");
  known_ = verifier.has_value();
  verifier_ = known_ ? std::move(*verifier) : fake_scram_verifier(user_, probe_secret_);
  const std::string server_first =
      "r=" + nonce_ + ",s=" + encode_base64(verifier_.salt) + ",i=" + std::to_string(verifier_.iterations);
  auth_message_ += "," + server_first;
  state_ = State::scram_final;
  return Challenge{server_first};
}

// RFC 5802 section 3: ClientProof = ClientKey XOR ClientSignature, and H(ClientKey) is the StoredKey
ServerStep ServerExchange::client_final(std::string_view message) {
  const auto proof_at = message.rfind(",p=");
  if (proof_at == std::string_view::npos) return fail(Why::malformed, "no proof");
  const auto without_proof = message.substr(0, proof_at);
  std::string_view rest = without_proof;
  const auto binding = take_attribute(rest, 'c');
  const auto nonce = take_attribute(rest, 'r');
  const auto proof = decode_base64(message.substr(proof_at + 3));
  if (!binding || !nonce || !proof || proof->size() != 32) return fail(Why::malformed, "bad final message");
  if (decode_base64(*binding) != gs2_header_) return fail(Why::malformed, "channel binding differs");
  if (*nonce != nonce_) return fail(Why::malformed, "another nonce");
  auth_message_ += "," + std::string(without_proof);
  const std::string client_key = exclusive_or(*proof, hmac_sha256(verifier_.stored_key, auth_message_));
  const bool right = equal_in_constant_time(sha256(client_key), verifier_.stored_key);
  if (!right || !known_) return fail(Why::refused, "wrong user name or password");
  state_ = State::scram_acknowledge;
  return Challenge{"v=" + encode_base64(hmac_sha256(verifier_.server_key, auth_message_))};
}

}  // namespace stagecoach::sasl
