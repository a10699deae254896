// Blind copies: recipients of the envelope whom neither To nor Cc names.
#pragma once

#include <string>
#include <vector>

#include "routing/pipeline.h"

namespace stagecoach::routing {

/// In the order of the envelope; empty without a message.
std::vector<std::string> bcc_recipients(const RoutingInput& input);

}  // namespace stagecoach::routing
