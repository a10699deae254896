// DNS by libunbound, with its own cache and DNSSEC validation: where mail for a domain goes (RFC 5321 section
// 5.1, null MX RFC 7505) and the addresses of hosts. Pinned to a reactor, which watches libunbound's
// descriptor.
#pragma once

#include <string>
#include <vector>

#include "actors/node.h"

namespace stagecoach {

struct MxHost {
  int preference = 0;
  std::string name;
};
struct ResolveMx {
  std::string domain;
};
struct MxAnswer {
  Outcome outcome;            // unavailable: try later; not_found: no such domain
  bool null_mx = false;       // the domain takes no mail
  bool implicit = false;      // no MX record: the domain itself
  std::vector<MxHost> hosts;  // by preference
};
/// A name or a numeric address.
struct ResolveHost {
  std::string name;
};
struct HostAnswer {
  Outcome outcome;
  std::vector<std::string> addresses;  // IPv4 before IPv6
};
using ResolverActor = caf::typed_actor<caf::replies_to<ResolveMx>::with<MxAnswer>,
                                       caf::replies_to<ResolveHost>::with<HostAnswer>>;

ResolverActor spawn_resolver(Reactor& reactor, Node& node);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ResolveMx)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::MxAnswer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ResolveHost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::HostAnswer)
