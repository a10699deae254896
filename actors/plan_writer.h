// From a Plan to what storage commits: the requests of one transaction, with the trace of reasons as JSON.
#pragma once

#include <string>
#include <vector>

#include "actors/messages.h"
#include "routing/directory.h"
#include "storage/mail_writer.h"

namespace stagecoach {

/// The request that stores an arrival according to its Plan.
storage::AcceptMessage accept_request(const Arrival& arrival, const Plan& plan,
                                      const routing::Directory& directory);

/// The storage form of a queue update.
storage::QueueOutcome outcome_request(const QueueUpdate& update, std::int64_t now);

/// Reasons, origin and steps of a Plan: the detail of an "accepted" trace entry.
std::string trace_detail(const Arrival& arrival, const Plan& plan);

}  // namespace stagecoach
