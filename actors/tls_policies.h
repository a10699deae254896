// The MTA-STS policies of domains (RFC 8461): asked for by text record, fetched from
// https://mta-sts.<domain>/.well-known/mta-sts.txt, kept for as long as they say. A policy that was in force
// stays so when it cannot be fetched anew: whoever attacks the line must not be able to take it away.
#pragma once

#include <memory>
#include <string>

#include "actors/resolver.h"
#include "protocols/mta_sts/policy.h"

namespace stagecoach {

struct FindTlsPolicy {
  std::string domain;
  int port = 443;  // of the web server
};
struct TlsPolicyAnswer {
  std::shared_ptr<const mta_sts::Policy> policy;  // null: none, or mode none
  std::string failure;                            // result type of RFC 8460 when there should be one
};
using TlsPoliciesActor = caf::typed_actor<caf::replies_to<FindTlsPolicy>::with<TlsPolicyAnswer>>;
TlsPoliciesActor spawn_tls_policies(caf::actor_system& system, Node& node, ResolverActor resolver);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::FindTlsPolicy)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::TlsPolicyAnswer)
