// Which queue entries of a Plan share one queued message. The queue holds and gives up a message as a whole,
// and tells its recipients apart by their addresses. So entries of one rendition that are held or given up at
// different times, or that name one address at two servers, become messages of their own: further renditions
// with the same changes.
#pragma once

#include "routing/model/plan.h"

namespace stagecoach::routing {

/// Changes Enqueue::rendition and adds to Plan::renditions. An entry with a mirror is in the same rendition
/// as its copy in the INBOX, and comes first: it moves only from another one for the same address, and then
/// together with that copy.
void separate_queue_messages(Plan& plan);

}  // namespace stagecoach::routing
