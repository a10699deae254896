// One visit of a collector to its POP3 server: fetches what is new and what the download rules let pass,
// hands each message to the router, and deletes it from the server only after its commit. What it has fetched
// it remembers by the server's UID and by a digest of the bytes, so neither a dropped line nor a server that
// renumbers makes a second copy.
#pragma once

#include "actors/collector.h"
#include "actors/node.h"
#include "actors/resolver.h"
#include "actors/stream_socket.h"

namespace stagecoach {

CollectorActor spawn_pop3_collector(Reactor& reactor, Node& node, ResolverActor resolver,
                                    const conf::CollectorSettings& settings, TlsContext tls);

}  // namespace stagecoach
