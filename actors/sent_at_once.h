// What the queue tells the connections: mail has been sent without a run.
#pragma once

#include <string>

#include "actors/messages.h"
#include "actors/node.h"

namespace stagecoach {

/// From the queue: nothing of a connection is under way any more, and no run has waited for it. A report that
/// counts nobody says nothing new and is left out.
void tell_sent_at_once(const Node& node, const std::string& connection, const SenderReport& report);

}  // namespace stagecoach
