// Looks after mailboxes: measures those with a quota every few minutes and warns their users, deletes by the
// prune rules once a day, and forgets what has been in the recycle bin for too long.
#pragma once

#include "actors/node.h"

namespace stagecoach {

using MailboxCareActor = caf::typed_actor<caf::reacts_to<caf::tick_atom>>;

MailboxCareActor spawn_mailbox_care(caf::actor_system& system, Node& node);

}  // namespace stagecoach
