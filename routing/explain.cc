#include "routing/explain.h"

#include <algorithm>

#include "routing/lan_target.h"

namespace stagecoach::routing {

namespace {

/// ", changed: Subject, signature" of a changed copy.
std::string changes_of(const Plan& plan, int rendition) {
  if (rendition <= 0 || rendition > static_cast<int>(plan.renditions.size())) return {};
  const Rendition& changes = plan.renditions[static_cast<std::size_t>(rendition) - 1];
  std::vector<std::string> names;
  for (const HeaderEdit& edit : changes.header)
    if (std::find(names.begin(), names.end(), edit.name) == names.end()) names.push_back(edit.name);
  if (!changes.footer.empty()) names.push_back("signature");
  if (changes.reverse_path) names.push_back("return path");
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? ", changed: " : ", ") + name;
  return text;
}

std::string work_text(const ListWork& work) {
  switch (work.kind) {
    case ListWork::Kind::post: return "post to the list " + work.list;
    case ListWork::Kind::moderate: return "ask the moderators of the list " + work.list;
    case ListWork::Kind::command: return "commands for the list server " + work.list;
    case ListWork::Kind::bounce: return "bounce of the list " + work.list;
  }
  return {};
}

}  // namespace

ExplainedRoute explain(const Plan& plan) {
  ExplainedRoute route;
  route.reasons = plan.reasons;
  const auto add_once = [](std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const Delivery& delivery : plan.deliveries) {
    add_once(route.users, delivery.user);
    std::string step = "deliver to " + delivery.user + ", folder " + delivery.folder;
    for (const std::string& flag : delivery.flags) step += ", " + flag;
    route.plan.push_back(step + changes_of(plan, delivery.rendition));
  }
  for (const Enqueue& entry : plan.enqueue) {
    add_once(route.remote, entry.recipient.address);
    route.plan.push_back(
        "enqueue for " + entry.recipient.address +
        (entry.sender.empty() ? "" : " by sender " + entry.sender) +
        (entry.route.empty() ? "" : " at " + std::string(route_without_login(entry.route))) +
        (entry.mirror_of.empty() ? "" : ", until it is taken from the INBOX of " + entry.mirror_of) +
        (entry.hold_minutes > 0 ? ", held for " + std::to_string(entry.hold_minutes) + " minutes" : "") +
        changes_of(plan, entry.rendition));
  }
  for (const RefusedRecipient& refused : plan.refused) {
    if (!route.refused) route.refused = refused.refusal;
    route.plan.push_back("refuse " + refused.recipient + ": " + std::to_string(refused.refusal.code) + " " +
                         refused.refusal.enhanced + " " + refused.refusal.text);
  }
  for (const Bounce& bounce : plan.bounces)
    route.plan.push_back("bounce " + bounce.recipient.address + ": " + bounce.diagnostic);
  for (const Notice& notice : plan.notices) route.plan.push_back("error message to " + notice.user);
  for (const ListWork& work : plan.list_work) route.plan.push_back(work_text(work));
  for (const Generated& generated : plan.generated)
    for (const std::string& recipient : generated.recipients)
      route.plan.push_back("send " + generated.purpose + " to " + recipient);
  if (plan.discard) route.plan.push_back("discard");
  return route;
}

}  // namespace stagecoach::routing
