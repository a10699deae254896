// A Plan as the requests that storage commits in one transaction: the message as it came, a message of its
// own for each changed copy that somebody gets, the queue entries, the work of lists, the trace.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/node.h"
#include "routing/directory.h"
#include "routing/model/arrival.h"
#include "routing/model/plan.h"
#include "storage/mail_writer.h"

namespace stagecoach {

/// What is committed together, and who is told afterwards.
struct PlanCommit {
  storage::WriteUnit unit;
  std::vector<MessageQueued> queued;
  bool list_work = false;
  bool urgent = false;  // what is queued makes connections run at once
};

/// Whether carrying the Plan out needs all bytes of the message, not only its header section.
bool needs_whole_message(const Plan& plan);

/// `whole`: all bytes of the message as it will be served; only looked at when needs_whole_message().
void add_plan(PlanCommit& commit, Node& node, const Arrival& arrival, const Plan& plan,
              const routing::Directory& directory, std::string_view whole);

storage::QueueOutcome outcome_request(const QueueUpdate& update, std::int64_t now);

storage::ListWorkDone list_step_request(const ListStep& step);

/// The trace's detail as JSON: origin, reasons, decisions.
std::string trace_detail(const Arrival& arrival, const Plan& plan);

}  // namespace stagecoach
