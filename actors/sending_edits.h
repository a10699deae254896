// Changes of a header section that are made while a message is sent, because they differ from recipient to
// recipient.
#pragma once

#include <vector>

#include "actors/node.h"
#include "routing/model/plan.h"

namespace stagecoach {

/// A member of a mailing list gets a link to leave it (RFC 8058). Mostly nothing.
std::vector<HeaderEdit> sending_edits(const Node& node, const DeliveryTask& delivery);

}  // namespace stagecoach
