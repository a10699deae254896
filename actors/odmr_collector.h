// One visit of a collector of kind odmr (RFC 2645): logs in at the provider, asks for the mail of some
// domains by ATRN, and serves an SMTP session on the connection that the provider has turned. That session is
// one with a stranger: local domains alone are accepted.
#pragma once

#include "actors/collector.h"
#include "actors/node.h"
#include "actors/resolver.h"
#include "actors/stream_socket.h"

namespace stagecoach {

/// `tls`: null when the settings want none.
CollectorActor spawn_odmr_collector(Reactor& reactor, Node& node, ResolverActor resolver,
                                    const conf::CollectorSettings& settings, TlsContext tls);

}  // namespace stagecoach
