// What the queue makes of attempts that no session has come to: a destination that failed as a whole, a
// session that ended without a word. And the user whom a command of the queue names.
#pragma once

#include <functional>
#include <string>

#include "actors/queue.h"

namespace stagecoach {

AttemptResult result_of(const SendingEnded& ended);
AttemptResult session_ended_unexpectedly();
/// All recipients of the task have this result.
AttemptFinished finished_with(const DeliveryTask& task, const std::string& destination,
                              const AttemptResult& result);

/// For the queue, on its own thread.
void find_user(LocalQueueActor::base* self, Node& node, const std::string& name,
               std::function<void(Result<UserId>)> then);

}  // namespace stagecoach
