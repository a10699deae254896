// Once an hour: forgets old traces and removes contents that nothing refers to.
#pragma once

#include "actors/node.h"

namespace stagecoach {

using HousekeepingActor = caf::typed_actor<caf::reacts_to<caf::tick_atom>>;

HousekeepingActor spawn_housekeeping(caf::actor_system& system, Node& node);

}  // namespace stagecoach
