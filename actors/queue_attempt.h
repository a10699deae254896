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

/// How long a destination of this sender is left alone at most, after failures.
std::int64_t alone_minutes_max(const conf::SenderSettings* sender);
/// Limits of a session: those of the sender, as far as its script set no others.
conf::SenderLimits limits_of(const conf::SenderSettings& sender, const SendingReached& session);
/// MAIL FROM as the sender wants it ([sender.return_path]).
void set_return_path(DeliveryTask& task, const conf::SenderSettings& sender, const DirectoryPtr& directory);

/// For the queue, on its own thread.
void find_user(LocalQueueActor::base* self, Node& node, const std::string& name,
               std::function<void(Result<UserId>)> then);

}  // namespace stagecoach
