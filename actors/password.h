// Passwords as they are kept: Argon2id (libsodium) for log-ins that show the password, a SCRAM-SHA-256
// verifier beside it. Forms of other servers are read and given up at the first log-in (is_outdated). Hashing
// takes tens of milliseconds on purpose: never on a reactor or a scheduler thread.
#pragma once

#include <string>
#include <string_view>

#include "routing/model/result.h"

namespace stagecoach {

/// Once, before any thread uses the rest.
bool prepare_passwords();

/// "$argon2id$v=19$m=19456,t=2,p=1$…" with the parameters that OWASP asks for at least.
std::string hash_password(std::string_view password);

/// Checks against "$argon2id$…", "{plain}…", "SCRAM-SHA-256$…", or one of other servers (docs/reference/
/// accounts.md): "{SSHA}…", "{SHA}…", "{SMD5}…", "{MD5}…", "{SSHA256}…", "{SSHA512}…", "{SHA256}…",
/// "{SHA512}…", "{CRYPT}$6$…" or the bare "$6$…", "$5$…", "$1$…", "$2b$…". An empty or unknown form never
/// matches.
bool password_matches(std::string_view stored, std::string_view password);

/// Whether a password that has just matched should be kept in today's form from now on.
bool is_outdated(std::string_view stored);

/// A stored form from elsewhere as password_matches reads it: checked, the scheme in capitals.
/// `invalid_input` for unknown forms, broken ones, and such as would cost seconds to check.
Result<std::string> parse_stored_password(std::string_view text);

/// "SCRAM-SHA-256$4096:…" with a new salt.
std::string scram_verifier_text(std::string_view password);

/// Easy to read and type, about 80 bits: "k7mw-q2hv-9xat-c4re".
std::string random_password();

}  // namespace stagecoach
