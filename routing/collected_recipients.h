// Rebuilds the envelope recipients of a message of a shared POP3 mailbox out of its header section. An
// address counts when it is in the collector's accepted domains or has a mapping; all others are ignored.
#pragma once

#include <vector>

#include "routing/directory.h"
#include "routing/header_field.h"

namespace stagecoach::routing {

struct CollectedRecipient {
  Address address;
  bool valid = false;  // a user or a mapping recognises it
  std::string from;    // where it was found: "Delivered-To", "Received"
};

/// In the order of their finding, each address once.
std::vector<CollectedRecipient> collected_recipients(const HeaderFields& header,
                                                     const CollectorRouting& rules,
                                                     const Directory& directory);

/// Whether a collected recipient is known: by a mapping, as a user, or by "~@domain".
bool is_recognised(const Address& address, const CollectorRouting& rules, const Directory& directory);

}  // namespace stagecoach::routing
