// The signature of a local sender under what he writes: one for remote recipients, one for local ones
// (docs/reference/signatures.md).
#include "routing/pipeline.h"

namespace stagecoach::routing {

Draft signatures(Draft draft, const RoutingInput& in) {
  if (!in.facts.has_message || !draft.local_sender || in.arrival.origin.source == Source::system)
    return draft;
  const User* sender = draft.sender_user.empty() ? nullptr : in.directory.find_user(draft.sender_user);
  const auto sign = [&](SignatureDirection direction, Rendition& changes, const char* name) {
    SignatureScript script;
    if (in.facts.signature_scripts.run)
      script = [&](SignatureFormat format) { return in.facts.signature_scripts.run(direction, format); };
    SignatureChoice choice = choose_signature(sender, direction, in.directory.policy(), script);
    if (choice.footer.empty()) return;
    draft.reason("signatures", name, sender ? sender->where.text() : std::string(), choice.text);
    changes.footer = std::move(choice.footer);
  };
  if (!draft.remote.empty()) sign(SignatureDirection::outgoing, draft.outgoing_changes, "outgoing");
  if (!draft.targets.empty()) sign(SignatureDirection::internal, draft.internal_changes, "internal");
  return draft;
}

}  // namespace stagecoach::routing
