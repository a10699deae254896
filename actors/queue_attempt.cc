#include "actors/queue_attempt.h"

#include "actors/serialisation.h"
#include "routing/sending/return_path.h"

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

std::int64_t alone_minutes_max(const conf::SenderSettings* sender) {
  constexpr std::int64_t k_relay = 5, k_domain = 40;
  return !sender || sender->kind == conf::SenderKind::relay ? k_relay : k_domain;
}

conf::SenderLimits limits_of(const conf::SenderSettings& sender, const SendingReached& session) {
  conf::SenderLimits limits = sender.limits;
  if (session.messages_max >= 0) limits.max_messages_per_session = session.messages_max;
  if (session.recipients_max >= 0) limits.max_recipients_per_session = session.recipients_max;
  if (session.message_recipients_max >= 0) limits.max_recipients_per_message = session.message_recipients_max;
  return limits;
}

void set_return_path(DeliveryTask& task, const conf::SenderSettings& sender, const DirectoryPtr& directory) {
  std::string& path = task.envelope.reverse_path;
  const bool local = directory && directory->is_local_domain(split_address(path));
  path = std::string(routing::return_path(sender.return_path.rule(), path, local));
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
