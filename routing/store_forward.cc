#include "routing/store_forward.h"

#include "routing/lan_target.h"

namespace stagecoach::routing {

void store_and_forward(Draft& draft, const User& user, const Delivery& delivery) {
  const UserAdvanced& advanced = user.profile->advanced;
  if (advanced.store_forward_address.empty() || advanced.store_forward_server.empty()) return;
  if (!equals_ignoring_case(delivery.folder, "INBOX") || delivery.quarantined) return;
  Enqueue entry;
  // A failure is no news for the sender: the message is in the INBOX.
  entry.recipient = {advanced.store_forward_address, notify_never, {}};
  entry.route = advanced.store_forward_server;
  entry.rendition = delivery.rendition;
  entry.mirror_of = delivery.user;
  draft.reason("mailbox", "store and forward of " + user.name, user.where.text(),
               delivery.user + ": also to " + advanced.store_forward_address + " at " +
                   std::string(route_without_login(advanced.store_forward_server)));
  draft.plan.enqueue.push_back(std::move(entry));
}

}  // namespace stagecoach::routing
