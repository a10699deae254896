// Finds out whether a recipient of LAN forwarding exists, before it is accepted: asks its server, remembers
// answers. Questions about one recipient at the same time share one probe. docs/reference/lan-forwarding.md,
// "Verification".
#pragma once

#include <string>

#include "actors/node.h"

namespace stagecoach {

/// `route`: of the rule; `address`: as its server gets it. The answer comes within ten seconds.
struct VerifyRecipient {
  std::string route, address;
};
using LanVerifierActor = caf::typed_actor<caf::replies_to<VerifyRecipient>::with<RecipientAnswer>>;

/// Ends when nobody holds its handle any more.
LanVerifierActor spawn_lan_verifier(caf::local_actor* parent, Node& node);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::VerifyRecipient)
