// One actor for each mailbox in use: it tells every session of the mailbox what has changed, at once, holds
// the lock of the maildrop, and limits the sessions of a user. The registry starts them; they stay, being
// small, as long as the server runs.
#pragma once

#include "actors/messages.h"
#include "actors/node.h"

namespace stagecoach {

MailboxesActor spawn_mailboxes(caf::actor_system& system, Node& node);

}  // namespace stagecoach
