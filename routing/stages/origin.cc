// Who sends, and whether the message goes in circles. What a stranger may send to is decided where the
// recipient is known: remote recipients in dispatch, local ones in recipients.
#include "routing/pipeline.h"
#include "routing/refuse.h"

namespace stagecoach::routing {
namespace {

const char* name_of(Source source) {
  switch (source) {
    case Source::smtp: return "SMTP";
    case Source::submission: return "submission";
    case Source::lmtp: return "LMTP";
    case Source::collector: return "collector";
    case Source::system: return "the server";
  }
  return "";
}

/// A message with too many Received fields (RFC 5321 section 6.3). Somebody must get or hear of a collected
/// one: it will be deleted from the remote mailbox.
void end_loop(Draft& draft, const RoutingInput& in) {
  const int hops_max = in.directory.options().hops_max;
  draft.loop = true;
  draft.reason("origin", "hops_max", {},
               std::to_string(in.facts.hops) + " Received fields, at most " + std::to_string(hops_max));
  for (const OpenRecipient& recipient : std::exchange(draft.open, {}))
    refuse(draft, in, "origin", recipient.envelope, {554, "5.4.6", "Too many hops"});
  const User* admin = in.directory.main_administrator();
  if (in.arrival.origin.source == Source::collector && admin)
    draft.targets.push_back({to_lower(admin->name), {admin->name, notify_never, {}}});
}

}  // namespace

Draft origin(Draft draft, const RoutingInput& in) {
  const Origin& origin = in.arrival.origin;
  draft.sender_user = origin.authenticated_user;
  draft.local_sender = !origin.authenticated_user.empty() || origin.source == Source::system;
  std::string text = std::string("by ") + name_of(origin.source);
  if (!origin.service.empty()) text += " " + origin.service;
  text += draft.sender_user.empty() ? (draft.local_sender ? ", local" : ", incoming")
                                    : ", from " + draft.sender_user;
  draft.reason("origin", draft.local_sender ? "local sender" : "external sender", {}, std::move(text));
  if (in.facts.hops > in.directory.options().hops_max) end_loop(draft, in);
  return draft;
}

}  // namespace stagecoach::routing
