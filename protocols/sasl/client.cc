#include "protocols/sasl/client.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "protocols/sasl/base64.h"
#include "protocols/sasl/digest.h"
#include "protocols/sasl/scram.h"
#include "protocols/sasl/scram_text.h"

namespace stagecoach::sasl {

ClientExchange::ClientExchange(Mechanism mechanism, Credentials credentials, std::string nonce)
    : mechanism_(mechanism), credentials_(std::move(credentials)), nonce_(std::move(nonce)) {}

std::optional<std::string> ClientExchange::initial_response() {
  const auto& [user, password, authzid] = credentials_;
  switch (mechanism_) {
    case Mechanism::plain: finished_ = true; return authzid + '\0' + user + '\0' + password;
    case Mechanism::xoauth2: finished_ = true; return "user=" + user + "\1auth=Bearer " + password + "\1\1";
    case Mechanism::scram_sha_256:
      first_bare_ = "n=" + encode_saslname(prepare_password(user)) + ",r=" + nonce_;
      return (authzid.empty() ? "n,," : "n,a=" + encode_saslname(authzid) + ",") + first_bare_;
    case Mechanism::login:
    case Mechanism::cram_md5: break;
  }
  return std::nullopt;
}

Result<std::string> ClientExchange::step(std::string_view challenge) {
  const int step = steps_++;
  switch (mechanism_) {
    case Mechanism::plain: break;
    // The challenge that comes instead of success describes the failure and wants an empty answer.
    case Mechanism::xoauth2:
      finished_ = false;
      if (step == 0) return std::string();
      break;
    case Mechanism::login:
      finished_ = step == 1;
      if (step < 2) return step == 0 ? credentials_.user : credentials_.password;
      break;
    case Mechanism::cram_md5:
      finished_ = true;
      if (step == 0) return credentials_.user + " " + hex(hmac_md5(credentials_.password, challenge));
      break;
    case Mechanism::scram_sha_256:
      if (step == 0) return scram_final(challenge);
      if (step == 1) return scram_verify(challenge);
      break;
  }
  finished_ = false;
  return invalid_input("the server asks more than the mechanism knows");
}

Result<std::string> ClientExchange::scram_final(std::string_view server_first) {
  std::string_view rest = server_first;
  const auto nonce = take_attribute(rest, 'r');
  const auto salt_text = take_attribute(rest, 's');
  const auto count = take_attribute(rest, 'i');
  const auto salt = salt_text ? decode_base64(*salt_text) : std::nullopt;
  int iterations = 0;
  if (count) std::from_chars(count->data(), count->data() + count->size(), iterations);
  if (!nonce || !salt || salt->empty()) return invalid_input("bad SCRAM challenge");
  if (!nonce->starts_with(nonce_) || nonce->size() == nonce_.size())
    return invalid_input("the nonce of the server does not extend ours");
  if (iterations < 1 || iterations > k_scram_iterations_max)
    return invalid_input("bad SCRAM iteration count");
  const std::string salted = pbkdf2_sha256(prepare_password(credentials_.password), *salt, iterations);
  const std::string client_key = hmac_sha256(salted, "Client Key");
  const auto& authzid = credentials_.authzid;
  const std::string gs2 = authzid.empty() ? "n,," : "n,a=" + encode_saslname(authzid) + ",";
  const std::string without_proof = "c=" + encode_base64(gs2) + ",r=" + std::string(*nonce);
  const std::string message = first_bare_ + "," + std::string(server_first) + "," + without_proof;
  server_signature_ = hmac_sha256(hmac_sha256(salted, "Server Key"), message);
  return without_proof +
         ",p=" + encode_base64(exclusive_or(client_key, hmac_sha256(sha256(client_key), message)));
}

Result<std::string> ClientExchange::scram_verify(std::string_view server_final) {
  const auto signature = take_attribute(server_final, 'v');
  const auto bytes = signature ? decode_base64(*signature) : std::nullopt;
  if (!bytes || !equal_in_constant_time(*bytes, server_signature_))
    return invalid_input("the server does not know the password either");
  finished_ = true;
  return std::string();
}

std::optional<Mechanism> choose_mechanism(const std::vector<Mechanism>& offered, bool tls,
                                          bool secret_in_clear) {
  const std::vector<Mechanism> wanted =
      tls ? std::vector{Mechanism::scram_sha_256, Mechanism::plain, Mechanism::login, Mechanism::cram_md5}
          : std::vector{Mechanism::scram_sha_256, Mechanism::cram_md5, Mechanism::plain, Mechanism::login};
  for (const Mechanism mechanism : wanted) {
    if (!tls && sends_secret(mechanism) && !secret_in_clear) continue;
    if (std::find(offered.begin(), offered.end(), mechanism) != offered.end()) return mechanism;
  }
  return std::nullopt;
}

}  // namespace stagecoach::sasl
