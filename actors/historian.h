// Keeps the history ([history]) in the background: moves what is new in the trace into short rows, writes
// sessions that are over, logs/mail.log, the report about each day ([summary]), and forgets what is too old.
// It has a thread of its own, because it writes files, and goes in small steps: mail comes first.
#pragma once

#include "actors/node.h"

namespace stagecoach {

using HistorianActor = caf::typed_actor<caf::reacts_to<caf::tick_atom>>;

HistorianActor spawn_historian(caf::actor_system& system, Node& node);

}  // namespace stagecoach
