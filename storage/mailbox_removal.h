// The end of a mailbox, when its user is deleted.
#pragma once

#include "routing/model/ids.h"
#include "storage/pg.h"

namespace stagecoach::storage {

/// Deletes for good what the user has: folders, messages, recycle bin, subscriptions, media, and what is
/// known of his automatic answers. Part of a transaction that the caller has begun and ends.
Result<void> remove_mailbox(Database& database, UserId user);

}  // namespace stagecoach::storage
