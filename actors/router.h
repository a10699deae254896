// The router: turns an Arrival into a Plan through the stages, commits the Plan in one transaction, answers
// after the commit. Bounces that a Plan asks for are routed in their turn and committed with it.
#pragma once

#include "actors/local_messages.h"
#include "actors/node.h"

namespace stagecoach {

LocalRouterActor spawn_router(caf::actor_system& system, Node& node);

}  // namespace stagecoach
