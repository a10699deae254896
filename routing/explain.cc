#include "routing/explain.h"

#include <algorithm>

namespace stagecoach::routing {

ExplainedRoute explain(const Plan& plan) {
  ExplainedRoute route;
  route.reasons = plan.reasons;
  const auto add_once = [](std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const Delivery& delivery : plan.deliveries) {
    add_once(route.users, delivery.user);
    route.plan.push_back("deliver to " + delivery.user + ", folder " + delivery.folder);
  }
  for (const Enqueue& entry : plan.enqueue) {
    add_once(route.remote, entry.recipient.address);
    route.plan.push_back("enqueue for " + entry.recipient.address +
                         (entry.sender.empty() ? "" : " by sender " + entry.sender));
  }
  for (const RefusedRecipient& refused : plan.refused) {
    if (!route.refused) route.refused = refused.refusal;
    route.plan.push_back("refuse " + refused.recipient + ": " + std::to_string(refused.refusal.code) + " " +
                         refused.refusal.enhanced + " " + refused.refusal.text);
  }
  for (const Bounce& bounce : plan.bounces)
    route.plan.push_back("bounce " + bounce.recipient.address + ": " + bounce.diagnostic);
  for (const Notice& notice : plan.notices) route.plan.push_back("error message to " + notice.user);
  if (plan.discard) route.plan.push_back("discard");
  return route;
}

}  // namespace stagecoach::routing
