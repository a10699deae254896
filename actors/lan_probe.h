// Asks one server about one recipient, for LAN forwarding: by MAIL FROM:<> and RCPT TO (call forward), or by
// Minger. The answer comes once; whoever waits too long ends the actor.
#pragma once

#include <string>

#include "actors/resolver.h"
#include "actors/tls.h"
#include "conf/lan_settings.h"

namespace stagecoach {

struct LanProbeTask {
  std::string route;  // "[user:password@][lmtp:]server[:port]"
  std::string address;
  conf::LanVerificationSettings how;
  TlsContext tls;
};
struct BeginLanProbe {};
struct LanProbeAnswer {
  /// undecided: the server has answered, but does not say. down: it has not.
  enum class Kind : std::uint8_t { exists, unknown, undecided, down };
  Kind kind = Kind::down;
  std::string reason;  // for the log
};
using LanProbeActor = caf::typed_actor<caf::replies_to<BeginLanProbe>::with<LanProbeAnswer>>;

LanProbeActor spawn_lan_probe(Reactor& reactor, Node& node, ResolverActor resolver, LanProbeTask task);
LanProbeActor spawn_minger_probe(Reactor& reactor, Node& node, ResolverActor resolver, LanProbeTask task);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::BeginLanProbe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::LanProbeAnswer)
