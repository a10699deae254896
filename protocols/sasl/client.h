// The client's side of one SASL exchange: PLAIN, LOGIN, CRAM-MD5 (RFC 2195), SCRAM-SHA-256 (RFC 7677),
// XOAUTH2. Raw bytes in and out, without base64. For SCRAM the server proves itself too: only finished() says
// it did.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/sasl/mechanism.h"
#include "routing/model/result.h"

namespace stagecoach::sasl {

struct Credentials {
  std::string user;
  std::string password;  // for xoauth2 the access token
  std::string authzid;   // usually empty
};

class ClientExchange {
 public:
  /// `nonce` is random and printable without comma; only SCRAM needs it.
  ClientExchange(Mechanism mechanism, Credentials credentials, std::string nonce);

  /// What may be sent along with the name of the mechanism; nothing when the server speaks first.
  std::optional<std::string> initial_response();
  /// Answers a challenge. An Error means: cancel, the server is not what it claims to be.
  Result<std::string> step(std::string_view challenge);
  /// When the server said success: whether the exchange is complete from our side, too.
  bool finished() const { return finished_; }

 private:
  Result<std::string> scram_final(std::string_view server_first);
  Result<std::string> scram_verify(std::string_view server_final);

  Mechanism mechanism_;
  Credentials credentials_;
  std::string nonce_;
  int steps_ = 0;
  bool finished_ = false;
  std::string first_bare_;
  std::string server_signature_;
};

/// The strongest of those offered: SCRAM; over TLS then PLAIN, LOGIN, CRAM-MD5, without TLS CRAM-MD5 first
/// and the mechanisms that send the secret only if `secret_in_clear` allows. Never xoauth2, which needs a
/// token.
std::optional<Mechanism> choose_mechanism(const std::vector<Mechanism>& offered, bool tls,
                                          bool secret_in_clear);

}  // namespace stagecoach::sasl
