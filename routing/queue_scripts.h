// Asks outmessage.lua and LanForwarding.lua about the entries of the outgoing queue that a draft has, and
// carries out what they say; each decision is a reason.
#pragma once

#include "routing/pipeline.h"

namespace stagecoach::routing {

/// The last thing that happens in dispatch. Nothing at RCPT, where there is no message yet.
void ask_queue_scripts(Draft& draft, const RoutingInput& in);

}  // namespace stagecoach::routing
