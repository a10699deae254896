// Commits what became of queued recipients, together with the delivery reports that it causes.
#pragma once

#include <functional>

#include "actors/queue.h"
#include "actors/queue_state.h"

namespace stagecoach {

using OutcomeStored = std::function<void(bool committed)>;

/// For the queue, on its own thread. `item`: the message as it waits; null: it is gone, nobody is told.
void store_outcome(LocalQueueActor::base* self, Node& node, const QueueState::Item* item,
                   QueueState::Verdict verdict, OutcomeStored then);

}  // namespace stagecoach
