// The SASL mechanisms (RFC 4422) that Stagecoach speaks, and their names on the wire.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace stagecoach::sasl {

/// cram_md5 and xoauth2 are for clients only: servers would need the password itself or a provider's key.
enum class Mechanism : std::uint8_t { plain, login, cram_md5, scram_sha_256, xoauth2 };

/// "SCRAM-SHA-256"
std::string_view name(Mechanism mechanism);

/// Case does not matter (RFC 4422 section 3.1 has upper case only; clients differ).
std::optional<Mechanism> parse_mechanism(std::string_view name);

/// Whether the secret itself travels, readable to whoever reads the connection.
inline bool sends_secret(Mechanism mechanism) {
  return mechanism == Mechanism::plain || mechanism == Mechanism::login || mechanism == Mechanism::xoauth2;
}

}  // namespace stagecoach::sasl
