// Changes of a header section that are made while a message is sent: what differs from recipient to
// recipient, and the signatures, which cover everything else.
#pragma once

#include <vector>

#include "actors/node.h"
#include "routing/model/plan.h"

namespace stagecoach {

struct SendingEdits {
  std::vector<HeaderEdit> header;
  DkimKeysPtr keys;  // null: nothing is signed

  bool empty() const { return header.empty() && !keys; }
};

/// A member of a mailing list gets a link to leave it (RFC 8058). Own mail is signed when there are keys.
SendingEdits sending_edits(const Node& node, const DeliveryTask& delivery);

}  // namespace stagecoach
