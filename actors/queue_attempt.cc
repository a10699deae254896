#include "actors/queue_attempt.h"

#include "actors/serialisation.h"

namespace stagecoach {

AttemptResult result_of(const SendingEnded& ended) {
  AttemptResult result;
  result.kind = ended.permanent ? AttemptResult::Kind::permanent : AttemptResult::Kind::temporary;
  result.status = ended.failure.substr(0, ended.failure.find(' '));
  result.reply = ended.failure;
  return result;
}

AttemptResult session_ended_unexpectedly() {
  AttemptResult result;
  result.status = "4.3.0";
  result.reply = "4.3.0 the sending session ended unexpectedly";
  return result;
}

AttemptFinished finished_with(const DeliveryTask& task, const std::string& destination,
                              const AttemptResult& result) {
  AttemptFinished finished{task.id, destination, {}};
  for (const EnvelopeRecipient& recipient : task.envelope.recipients) {
    finished.results.push_back(result);
    finished.results.back().address = recipient.address;
  }
  return finished;
}

void find_user(LocalQueueActor::base* self, Node& node, const std::string& name,
               std::function<void(Result<UserId>)> then) {
  if (name.empty()) return then(invalid_input("the user who gets the message is missing"));
  self->request(node.handles()->directory, caf::infinite, ListEntries{EntryKind::user, name, {}, false})
      .then(
          [then](const EntryListing& listing) {
            if (!listing.outcome.ok) return then(listing.outcome.error);
            if (listing.entries.empty()) return then(not_found("there is no such user"));
            then(UserId{listing.entries.front().id});
          },
          [then](const caf::error&) { then(unavailable("the directory has ended")); });
}

}  // namespace stagecoach
