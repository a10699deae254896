// The root of a node: starts the central actors in their order, starts again with a back-off what has died
// and says so, opens the services, reloads the configuration all or nothing, and stops everything in order.
#pragma once

#include "actors/node.h"

namespace stagecoach {

struct NodeSettings {
  std::string config_path;
  std::string conninfo;  // of the database
};

/// To the supervisor: start everything; the answer comes when the services listen.
struct StartNode {};
/// To the supervisor: read the configuration again. The answer says what changed, or what is wrong with it.
struct ReloadNode {};
struct ReloadAnswer {
  Outcome outcome;
  std::vector<std::string> lines;
};
/// To the supervisor: stop listening, end the sessions, then itself and all its children.
struct StopNode {};
struct RestartChild {
  std::string name;
};
using SupervisorActor =
    caf::typed_actor<caf::replies_to<StartNode>::with<Outcome>,
                     caf::replies_to<ReloadNode>::with<ReloadAnswer>, caf::reacts_to<StopNode>,
                     caf::reacts_to<RestartChild>, caf::reacts_to<caf::tick_atom>>;

SupervisorActor spawn_supervisor(caf::actor_system& system, Node& node, NodeSettings settings);

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::StartNode)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ReloadNode)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::ReloadAnswer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::StopNode)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::RestartChild)
