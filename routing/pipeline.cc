#include "routing/pipeline.h"

#include <algorithm>

#include "routing/refuse.h"

namespace stagecoach::routing {
namespace {

const StageEntry k_stages[] = {
    {"origin", &origin},
    {"recipients", &recipients},
    {"mailbox", &mailbox},
    {"dispatch", &dispatch},
};

std::string known_names() {
  std::string names;
  for (const StageEntry& stage : k_stages) names += (names.empty() ? "" : ", ") + std::string(stage.name);
  return names;
}

/// Refuses and bounces what no stage decided about.
void refuse_leftovers(Draft& draft, const RoutingInput& input) {
  const Refusal refusal{451, "4.3.5", "No routing stage decided about this recipient"};
  for (const OpenRecipient& recipient : std::exchange(draft.open, {}))
    refuse(draft, input, "end", recipient.envelope, refusal);
  for (const Target& target : std::exchange(draft.targets, {}))
    refuse(draft, input, "end", target.recipient, refusal);
  for (const EnvelopeRecipient& recipient : std::exchange(draft.remote, {}))
    refuse(draft, input, "end", recipient, refusal);
}

}  // namespace

std::span<const StageEntry> known_stages() { return k_stages; }

Pipeline::Pipeline() : stages_(std::begin(k_stages), std::end(k_stages)) {}

Result<Pipeline> Pipeline::of(const std::vector<std::string>& names) {
  Pipeline pipeline;
  pipeline.stages_.clear();
  for (const std::string& name : names) {
    const auto same_name = [&](const StageEntry& stage) { return stage.name == name; };
    const auto stage = std::find_if(std::begin(k_stages), std::end(k_stages), same_name);
    if (stage == std::end(k_stages))
      return invalid_input("there is no stage \"" + name + "\"; known are " + known_names());
    if (std::any_of(pipeline.stages_.begin(), pipeline.stages_.end(), same_name))
      return invalid_input("the stage \"" + name + "\" is named twice");
    pipeline.stages_.push_back(*stage);
  }
  // Each stage uses what the one before has found, and without any of them mail would get lost or relayed.
  for (const StageEntry& stage : k_stages)
    if (std::find(names.begin(), names.end(), stage.name) == names.end())
      return invalid_input("the stage \"" + std::string(stage.name) + "\" cannot be left out");
  const auto in_order = [](const StageEntry& a, const StageEntry& b) {
    const auto place = [](std::string_view name) {
      return std::find_if(std::begin(k_stages), std::end(k_stages),
                          [&](const StageEntry& stage) { return stage.name == name; });
    };
    return place(a.name) < place(b.name);
  };
  if (!std::is_sorted(pipeline.stages_.begin(), pipeline.stages_.end(), in_order))
    return invalid_input("the stages " + known_names() + " keep this order");
  return pipeline;
}

Draft begin_draft(const RoutingInput& input) {
  Draft draft;
  for (const EnvelopeRecipient& recipient : input.arrival.envelope.recipients)
    draft.open.push_back({recipient, input.directory.complete(split_address(recipient.address))});
  return draft;
}

Plan finish_draft(Draft draft, const RoutingInput& input) {
  refuse_leftovers(draft, input);
  Plan& plan = draft.plan;
  if (!plan.deliveries.empty() || !plan.enqueue.empty() || !plan.refused.empty() || !plan.bounces.empty() ||
      !plan.notices.empty())
    plan.discard = false;
  return std::move(draft.plan);
}

Plan run_pipeline(const Pipeline& pipeline, const RoutingInput& input) {
  Draft draft = begin_draft(input);
  for (const StageEntry& stage : pipeline.stages()) draft = stage.run(std::move(draft), input);
  return finish_draft(std::move(draft), input);
}

RecipientVerdict check_recipient(const Pipeline& pipeline, const RoutingInput& input,
                                 const EnvelopeRecipient& recipient) {
  Arrival alone;
  alone.id = input.arrival.id;
  alone.envelope.reverse_path = input.arrival.envelope.reverse_path;
  alone.envelope.recipients = {recipient};
  alone.origin = input.arrival.origin;
  alone.received = input.arrival.received;
  Plan plan = run_pipeline(pipeline, {alone, input.directory, input.facts});
  RecipientVerdict verdict;
  verdict.accepted = plan.refused.empty() && plan.bounces.empty();
  if (!plan.refused.empty())
    verdict.refusal = std::move(plan.refused.front().refusal);
  else if (!plan.bounces.empty())
    verdict.refusal = {550, plan.bounces.front().status, plan.bounces.front().diagnostic};
  verdict.delivers_locally = !plan.deliveries.empty();
  verdict.reasons = std::move(plan.reasons);
  return verdict;
}

}  // namespace stagecoach::routing
