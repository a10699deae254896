// What becomes of a collected message for which no valid recipient was found.
#pragma once

#include <vector>

#include "routing/pipeline.h"

namespace stagecoach::routing {

/// Carries out the collector's on_no_recipient and also_bounce. `invalid` are the addresses that were found
/// and that nobody has; a bounce names them.
Draft route_without_recipient(Draft draft, const RoutingInput& input,
                              const std::vector<EnvelopeRecipient>& invalid);

}  // namespace stagecoach::routing
