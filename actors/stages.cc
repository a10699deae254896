#include "actors/stages.h"

#include <ranges>

namespace stagecoach {

namespace {

StageActor::behavior_type stage_actor(StageActor::pointer self, routing::Stage stage, StageActor next) {
  return {[=](const RunStage& step) -> caf::result<StagesDone> {
    *step.draft = stage(std::move(*step.draft), *step.input);
    if (next) return self->delegate(next, step);
    return StagesDone{step.draft};
  }};
}

}  // namespace

StageActor spawn_stages(caf::local_actor* parent, const routing::Pipeline& pipeline) {
  StageActor next;
  for (const routing::StageEntry& entry : pipeline.stages() | std::views::reverse)
    next = parent->spawn(stage_actor, entry.run, next);
  return next;
}

}  // namespace stagecoach
