// Decides about log-ins: looks the user up, checks the password on a thread of its own (Argon2 is slow on
// purpose), remembers recent successes so that a client that logs in every minute costs nothing, and locks an
// account for an address after too many failures in a row.
#pragma once

#include "actors/local_messages.h"
#include "actors/node.h"

namespace stagecoach {

LocalAuthenticatorActor spawn_authenticator(caf::actor_system& system, Node& node);

}  // namespace stagecoach
