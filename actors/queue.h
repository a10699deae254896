// The outgoing queue: knows what waits, decides which message goes next to which destination, starts sending
// sessions within the limits of each sender, and commits what became of every attempt, with the reports it
// causes.
#pragma once

#include "actors/node.h"
#include "actors/resolver.h"

namespace stagecoach {

/// To the queue itself: a session has waited for work long enough.
struct EndIdle {};

using LocalQueueActor = QueueActor::extend<caf::reacts_to<ConfigChanged>, caf::reacts_to<caf::tick_atom>,
                                           caf::reacts_to<EndIdle>>;

LocalQueueActor spawn_queue(caf::actor_system& system, Node& node, ResolverActor resolver);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::EndIdle)
