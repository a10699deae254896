// One visit of a collector to its POP3 server: fetches what is new, hands each message to the router, and
// deletes it from the server only after its commit. What it has fetched it remembers by the server's UID and
// by a digest of the bytes, so neither a dropped line nor a server that renumbers makes a second copy.
#pragma once

#include "actors/node.h"
#include "actors/resolver.h"
#include "actors/stream_socket.h"

namespace stagecoach {

struct CollectReport {
  Outcome outcome;
  std::int64_t fetched = 0, left = 0, deleted = 0, failed = 0, duplicates = 0;
  bool connected = false;
  std::string last_result;  // "Connection successful", or what went wrong
};
/// To a collector: begin; the answer comes at the end of the visit.
struct Collect {
  std::function<void(const std::string&)> progress;  // a line for whoever watches; may be empty
};
using CollectorActor = caf::typed_actor<caf::replies_to<Collect>::with<CollectReport>>;

CollectorActor spawn_pop3_collector(Reactor& reactor, Node& node, ResolverActor resolver,
                                    const conf::CollectorSettings& settings, TlsContext tls);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::Collect)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::CollectReport)
