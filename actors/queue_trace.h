// What the queue tells of its messages: lines of the trace, from which `queue list --sent` lives, and
// delivery reports to their senders.
#pragma once

#include <string>

#include "actors/queue_state.h"
#include "protocols/dsn/report.h"

namespace stagecoach {

/// What became of one recipient: "delivered", "deferred", or "failed" when the update ends it. `item`: may be
/// null, the message is gone.
TraceNote attempt_note(const AttemptResult& result, const std::string& destination,
                       const QueueState::Item* item, const QueueUpdate& update);

/// What an administrator did with it: "held", "moved", …
TraceNote command_note(const QueueCommand& command, const QueueChange& change, const QueueState::Item* item);

dsn::RecipientReport dsn_report(const QueueState::Verdict::Report& report);

}  // namespace stagecoach
