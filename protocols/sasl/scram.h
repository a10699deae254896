// What a server keeps of a password for SCRAM-SHA-256 (RFC 5802, RFC 7677): nobody can log in with it
// elsewhere. The text form is PostgreSQL's: "SCRAM-SHA-256$4096:<salt>$<StoredKey>:<ServerKey>", the three in
// base64.
#pragma once

#include <string>
#include <string_view>

#include "routing/model/result.h"

namespace stagecoach::sasl {

inline constexpr int k_scram_iterations = 4096;         // what RFC 7677 asks for at least
inline constexpr int k_scram_iterations_max = 1000000;  // a client refuses more: it would compute for ever

/// Raw bytes; keys have 32.
struct ScramVerifier {
  int iterations = k_scram_iterations;
  std::string salt;
  std::string stored_key;
  std::string server_key;
  bool operator==(const ScramVerifier&) const = default;
};

/// The password is UTF-8. `salt` is random, 16 bytes or more.
ScramVerifier derive_scram_verifier(std::string_view password, std::string_view salt,
                                    int iterations = k_scram_iterations);

Result<ScramVerifier> parse_scram_verifier(std::string_view text);
std::string to_text(const ScramVerifier& verifier);

/// For a user who does not exist: always the same salt for the same name, so that asking tells nothing. No
/// password fits. `secret` is the server's own, the same after a restart.
ScramVerifier fake_scram_verifier(std::string_view user, std::string_view secret);

/// Whether the password is the one of the verifier: lets PLAIN and LOGIN work without a second hash.
bool matches(const ScramVerifier& verifier, std::string_view password);

/// SASLprep (RFC 4013). What it forbids stays as it is: then both sides just compare bytes.
std::string prepare_password(std::string_view utf8);

}  // namespace stagecoach::sasl
