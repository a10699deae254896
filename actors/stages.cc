#include "actors/stages.h"

#include <vector>

namespace stagecoach {

namespace {

StageActor::behavior_type stage_actor(StageActor::pointer self, std::vector<routing::Stage> stages,
                                      StageActor next) {
  return {[=](const RunStage& step) -> caf::result<StagesDone> {
    for (const routing::Stage& stage : stages) *step.draft = stage(std::move(*step.draft), *step.input);
    if (next) return self->delegate(next, step);
    return StagesDone{step.draft};
  }};
}

}  // namespace

StageActor spawn_stages(caf::local_actor* parent, const routing::Pipeline& pipeline) {
  std::vector<routing::Stage> stages;
  for (const routing::StageEntry& entry : pipeline.stages()) stages.push_back(entry.run);
  return parent->spawn(stage_actor, std::move(stages), StageActor{});
}

}  // namespace stagecoach
