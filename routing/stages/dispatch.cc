// Remote recipients: into the outgoing queue for those who may send there, a refusal for all others.
#include <unordered_set>

#include "routing/pipeline.h"
#include "routing/refuse.h"

namespace stagecoach::routing {
namespace {

/// Local parts of other servers may be case sensitive; domains are not.
std::string queue_key(const std::string& recipient) {
  const Address address = split_address(recipient);
  return address.local + "@" + to_lower(address.domain);
}

}  // namespace

Draft dispatch(Draft draft, const RoutingInput& in) {
  const User* sender = draft.sender_user.empty() ? nullptr : in.directory.find_user(draft.sender_user);
  const bool may_relay = draft.local_sender || in.facts.relay_allowed;
  std::unordered_set<std::string> queued;
  for (EnvelopeRecipient& recipient : std::exchange(draft.remote, {})) {
    if (!may_relay) {
      refuse(draft, in, "dispatch", recipient, {550, "5.7.1", "Relaying not allowed"}, "relay");
    } else if (sender && !sender->send_internet) {
      refuse(draft, in, "dispatch", recipient, {550, "5.7.1", "You may send to local users only"},
             "user " + sender->name, sender->where.text());
    } else if (split_address(recipient.address).domain.empty()) {
      refuse(draft, in, "dispatch", recipient, {550, "5.1.2", "The address has no domain"});
    } else if (queued.insert(queue_key(recipient.address)).second) {
      draft.reason("dispatch", "queue", {}, recipient.address + " into the outgoing queue");
      draft.plan.enqueue.push_back({std::move(recipient), {}, 0});
    }
  }
  return draft;
}

}  // namespace stagecoach::routing
