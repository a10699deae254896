// Whether an account may log in with a protocol, before any password is looked at (docs/reference/
// accounts.md), and which stored passwords open it. Pure: the day is an argument.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "conf/service_settings.h"
#include "routing/directory.h"

namespace stagecoach {

/// The bit of UserPermissions and of application passwords that a service asks for; 0: anybody may.
std::uint8_t protocol_bit(conf::Protocol protocol);

/// The bits of the protocols that a user may log in with.
std::uint8_t allowed_protocols(const UserPermissions& permissions);

/// Who wants to log in.
struct LoginAccount {
  const User* user = nullptr;  // null: as if there were no such user
  std::string fault;           // of a user who may not log in: why, for the log
};
/// A user without the protocol does not exist for it. `today` is "2026-12-31" in the server's local time.
LoginAccount find_account(const routing::Directory& directory, std::string_view login, std::uint8_t protocol,
                          std::string_view today);

/// The stored forms that a password may match: the main (or web) password first, then those of programs that
/// fit the protocol and have not expired.
std::vector<std::string> accepted_passwords(const User& user, std::uint8_t protocol, std::string_view today);

}  // namespace stagecoach
