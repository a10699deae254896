// Passwords as they are kept: Argon2id (libsodium) for log-ins that show the password, a SCRAM-SHA-256
// verifier beside it. Hashing takes tens of milliseconds on purpose: never on a reactor or a scheduler
// thread.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach {

/// Once, before any thread uses the rest.
bool prepare_passwords();

/// "$argon2id$v=19$m=19456,t=2,p=1$…" with the parameters that OWASP asks for at least.
std::string hash_password(std::string_view password);

/// Checks against "$argon2id$…" or "{plain}…". An empty or unknown form never matches.
bool password_matches(std::string_view stored, std::string_view password);

/// "SCRAM-SHA-256$4096:…" with a new salt.
std::string scram_verifier_text(std::string_view password);

}  // namespace stagecoach
