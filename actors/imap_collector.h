// One visit of a collector to its IMAP server: lists its folders, fetches what is new and what the download
// rules let pass, hands each message to the router, and deletes or moves it on the server only after its
// commit. A message is remembered as "FOLDER:UIDVALIDITY.UID", and by a digest of its bytes: neither a
// dropped line nor a server that numbers a folder anew makes a second copy.
#pragma once

#include "actors/collector.h"
#include "actors/node.h"
#include "actors/resolver.h"
#include "actors/stream_socket.h"

namespace stagecoach {

CollectorActor spawn_imap_collector(Reactor& reactor, Node& node, ResolverActor resolver,
                                    const conf::CollectorSettings& settings, TlsContext tls);

}  // namespace stagecoach
