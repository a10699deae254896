// Store and forward: a backup server keeps a message in the user's INBOX and sends it on to his main server
// at the same time. The two are kept in step: what has been sent leaves the INBOX, what has left the INBOX is
// not sent any more (docs/reference/users.md).
#pragma once

#include "routing/pipeline.h"

namespace stagecoach::routing {

/// Adds the entry of the outgoing queue, when the user has such a server and `delivery` goes to his INBOX.
void store_and_forward(Draft& draft, const User& user, const Delivery& delivery);

}  // namespace stagecoach::routing
