// The routing stages as actors: a stateless wrapper around the pure functions of routing/, which hands the
// draft on to the next. Stages that follow each other and need nothing from outside share one actor, because
// a hop between threads costs more than the stage; one that needs facts (DNS, a scanner) gets an actor of its
// own that fetches them before it runs. So far none does.
#pragma once

#include "actors/local_messages.h"

namespace stagecoach {

/// The chain in the order of the pipeline; gives the first stage.
StageActor spawn_stages(caf::local_actor* parent, const routing::Pipeline& pipeline);

}  // namespace stagecoach
