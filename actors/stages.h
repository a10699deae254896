// The routing stages as actors: each is a stateless wrapper around the pure function of routing/, and hands
// the draft on to the next. What a stage needs from outside would be gathered by its wrapper before it runs.
#pragma once

#include "actors/local_messages.h"

namespace stagecoach {

/// The chain in the order of the pipeline; gives the first stage.
StageActor spawn_stages(caf::local_actor* parent, const routing::Pipeline& pipeline);

}  // namespace stagecoach
