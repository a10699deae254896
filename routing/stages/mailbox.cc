// In which folder of each user the message is stored. Equal deliveries are one; all their reasons stay.
#include <unordered_map>

#include "routing/pipeline.h"

namespace stagecoach::routing {

Draft mailbox(Draft draft, const RoutingInput& in) {
  std::unordered_map<std::string, std::size_t> places;  // user -> place in plan.deliveries
  for (Target& target : std::exchange(draft.targets, {})) {
    const auto [place, is_new] = places.emplace(target.user, draft.plan.deliveries.size());
    const bool wants_report = (target.recipient.notify & notify_success) != 0;
    if (!is_new) {
      // A second recipient that asked for a success report is kept beside the first: storage makes one copy
      // of equal (user, folder) pairs, and reports on both (RFC 3461).
      const Delivery& first = draft.plan.deliveries[place->second];
      if (!wants_report || first.recipient == target.recipient.address) {
        draft.reason("mailbox", "once", {}, target.user + " gets the message once");
        continue;
      }
    } else {
      const User* user = in.directory.find_user(target.user);
      const bool inactive = user && !user->enabled;
      draft.reason("mailbox", inactive ? "inactive user" : "folder",
                   user ? user->where.text() : std::string(),
                   target.user + ": INBOX" + (inactive ? ", stored although the user cannot log in" : ""));
    }
    Delivery delivery;
    delivery.user = std::move(target.user);
    delivery.recipient = std::move(target.recipient.address);
    delivery.original_recipient = std::move(target.recipient.original_recipient);
    delivery.notify = target.recipient.notify;
    draft.plan.deliveries.push_back(std::move(delivery));
  }
  return draft;
}

}  // namespace stagecoach::routing
