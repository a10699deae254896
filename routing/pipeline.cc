#include "routing/pipeline.h"

#include <algorithm>

#include "routing/lan_target.h"
#include "routing/queue_messages.h"
#include "routing/receipt.h"
#include "routing/refuse.h"

namespace stagecoach::routing {
namespace {

const std::vector<StageEntry>& built_in() {
  static const std::vector<StageEntry> k_stages{
      {"origin", &origin},         {"limits", &limits}, {"headers", &headers}, {"recipients", &recipients},
      {"signatures", &signatures}, {"copies", &copies}, {"mailbox", &mailbox}, {"dispatch", &dispatch}};
  return k_stages;
}

// Without any of them mail would get lost or relayed.
constexpr std::string_view k_required[] = {"origin", "recipients", "mailbox", "dispatch"};

std::string known_names() {
  std::string names;
  for (const StageEntry& stage : built_in()) names += (names.empty() ? "" : ", ") + stage.name;
  return names;
}

/// Refuses and bounces what no stage decided about.
void refuse_leftovers(Draft& draft, const RoutingInput& input) {
  const Refusal refusal{451, "4.3.5", "No routing stage decided about this recipient"};
  for (const OpenRecipient& recipient : std::exchange(draft.open, {}))
    refuse(draft, input, "end", recipient.envelope, refusal);
  for (const Target& target : std::exchange(draft.targets, {}))
    refuse(draft, input, "end", target.recipient, refusal);
  for (const RemoteRecipient& remote : std::exchange(draft.remote, {}))
    refuse(draft, input, "end", remote.recipient, refusal);
}

}  // namespace

std::span<const StageEntry> known_stages() { return built_in(); }

Pipeline::Pipeline() : stages_(built_in()) {}

Result<Pipeline> Pipeline::of(const std::vector<std::string>& names, const FindStage& find) {
  Pipeline pipeline;
  pipeline.stages_.clear();
  std::size_t last = 0;  // place of the last built-in stage in the default order, counted from 1
  for (const std::string& name : names) {
    if (std::any_of(pipeline.stages_.begin(), pipeline.stages_.end(),
                    [&](const StageEntry& stage) { return stage.name == name; }))
      return invalid_input("the stage \"" + name + "\" is named twice");
    const auto known = std::find_if(built_in().begin(), built_in().end(),
                                    [&](const StageEntry& stage) { return stage.name == name; });
    if (known != built_in().end()) {
      const auto place = static_cast<std::size_t>(known - built_in().begin()) + 1;
      if (place < last) return invalid_input("the stages " + known_names() + " keep this order");
      last = place;
      pipeline.stages_.push_back(*known);
    } else if (auto other = find ? find(name) : std::nullopt) {
      pipeline.stages_.push_back(std::move(*other));
    } else {
      return invalid_input("there is no stage \"" + name + "\"; known are " + known_names() +
                           ", and lua:<script>");
    }
  }
  for (const std::string_view required : k_required)
    if (std::find(names.begin(), names.end(), required) == names.end())
      return invalid_input("the stage \"" + std::string(required) + "\" cannot be left out");
  return pipeline;
}

bool came_through(const Way& way, std::string_view name) {
  for (const Step* step = way.get(); step; step = step->before.get())
    if (step->name == name) return true;
  return false;
}

int Draft::rendition(const Rendition& changes) {
  if (changes == Rendition{}) return 0;
  const auto found = std::find(plan.renditions.begin(), plan.renditions.end(), changes);
  const auto place = found - plan.renditions.begin();
  if (found == plan.renditions.end()) plan.renditions.push_back(changes);
  return static_cast<int>(place) + 1;
}

std::vector<std::string_view> Facts::all(std::string_view name) const {
  std::vector<std::string_view> bodies;
  for (const HeaderField& field : header)
    if (equals_ignoring_case(field.name, name)) bodies.push_back(field.body);
  return bodies;
}

std::string_view Facts::first(std::string_view name) const {
  for (const HeaderField& field : header)
    if (equals_ignoring_case(field.name, name)) return field.body;
  return {};
}

LocalTime Facts::local(Time time) const {
  return LocalTime((std::chrono::floor<std::chrono::seconds>(time) + utc_offset).time_since_epoch());
}

std::string Facts::today() const { return day_text(day_of(local_now())); }

Draft begin_draft(const RoutingInput& input) {
  Draft draft;
  // Members of a list are targets: a plain name is a user or a list, and final.
  const bool from_list =
      input.arrival.origin.source == Source::system && input.arrival.origin.service.starts_with("list ");
  for (const EnvelopeRecipient& recipient : input.arrival.envelope.recipients)
    draft.open.push_back({recipient, input.directory.complete(split_address(recipient.address)),
                          from_list && (recipient.address.find('@') == std::string::npos ||
                                        is_lan_target(recipient.address))});
  return draft;
}

Plan finish_draft(Draft draft, const RoutingInput& input) {
  refuse_leftovers(draft, input);
  Plan& plan = draft.plan;
  separate_queue_messages(plan);
  if (draft.wants_receipt) mark_for_receipt(plan);
  if (!plan.deliveries.empty() || !plan.enqueue.empty() || !plan.refused.empty() || !plan.bounces.empty() ||
      !plan.notices.empty() || !plan.list_work.empty())
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
  verdict.delivers_locally = !plan.deliveries.empty() || !plan.list_work.empty();
  verdict.reasons = std::move(plan.reasons);
  verdict.lan_matches = std::move(plan.lan_matches);
  return verdict;
}

}  // namespace stagecoach::routing
