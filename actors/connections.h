// Runs connections: a run lets the collectors of a connection fetch and its sender send, then a fallback
// connection takes over when no TCP connection succeeded. The schedule starts runs by the clock.
#pragma once

#include "actors/node.h"
#include "actors/queue.h"
#include "actors/resolver.h"

namespace stagecoach {

/// To the connections: run this one now. `progress` gets a line for each step.
struct RunConnection {
  std::string name;
  std::string cause;  // "schedule", "command"
  std::function<void(const std::string&)> progress;
};
struct ConnectionReport {
  Outcome outcome;
  std::vector<std::string>
      lines;  // the results of sender and collectors; k_run_failed at the end of one that failed
};
/// Neither the sender nor a collector has reached a server.
inline constexpr std::string_view k_run_failed = "no connection succeeded";
/// To the connections: an urgent message is in the queue. Those that send immediately run, unless the
/// schedule is paused.
struct SendUrgent {
  MessageId id;
};
/// To the connections, from the watch of a collector: there is new mail. The answer comes after the visit.
struct CollectNow {
  std::string collector;
};
struct CollectNowResult {
  bool ok = false;  // false: not now, because a run visits it just then, or the visit failed
};
/// To the connections, from the queue: mail has been sent without a run (sent_at_once.h).
struct SentAtOnce {
  std::string connection;
  SenderReport report;
};
/// To the connections, by themselves: what waits to be stored may be stored.
struct SaveResults {};
struct ListConnections {};
struct ConnectionStatus {
  std::string name;
  bool running = false;
  std::int64_t last_run = 0;              // microseconds since 1970, its end; 0: not yet
  std::int64_t last_begin = 0;            // of a run, the present one too; its end when only that is known
  std::vector<std::string> last_results;  // its cause and what became of it; what was sent without a run
};
struct ConnectionListing {
  std::vector<ConnectionStatus> connections;
};
using ConnectionsActor =
    caf::typed_actor<caf::replies_to<RunConnection>::with<ConnectionReport>,
                     caf::replies_to<CollectNow>::with<CollectNowResult>,
                     caf::replies_to<ListConnections>::with<ConnectionListing>, caf::reacts_to<SendUrgent>,
                     caf::reacts_to<SentAtOnce>, caf::reacts_to<SaveResults>, caf::reacts_to<ConfigChanged>,
                     caf::reacts_to<caf::tick_atom>>;

ConnectionsActor spawn_connections(caf::actor_system& system, Node& node, ResolverActor resolver);

/// To the schedule, by itself: a run that begins now.
struct StartRun {
  std::string connection, cause;
};
/// Looks at [[schedule]] every minute and starts what is due.
using ScheduleActor =
    caf::typed_actor<caf::reacts_to<ConfigChanged>, caf::reacts_to<caf::tick_atom>, caf::reacts_to<StartRun>>;
ScheduleActor spawn_schedule(caf::actor_system& system, Node& node, ConnectionsActor connections);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::RunConnection)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ConnectionReport)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::CollectNow)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::CollectNowResult)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::StartRun)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::SendUrgent)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::SentAtOnce)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::SaveResults)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ListConnections)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ConnectionListing)
