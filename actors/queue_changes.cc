#include "actors/queue_changes.h"

#include "actors/queue_attempt.h"
#include "actors/queue_trace.h"
#include "actors/serialisation.h"

namespace stagecoach {

namespace {

void refuse(QueueChanges::Promise promise, Error error) {
  promise.deliver(QueueCommandAnswer{Outcome::failure(std::move(error)), 0, 0});
}

}  // namespace

QueueChanges::QueueChanges(LocalQueueActor::base* self, Node& node, QueueState& state, Commit commit,
                           Done done)
    : self_(self), node_(node), state_(state), commit_(std::move(commit)), done_(std::move(done)) {}

void QueueChanges::carry_out(const QueueCommand& command, Promise promise) {
  if (command.action == "resume lan") {
    promise.deliver(QueueCommandAnswer{});
    return done_(command);
  }
  if (command.action != "copy" && command.action != "move") return change(command, UserId{}, promise);
  find_user(self_, node_, command.argument, [this, command, promise](Result<UserId> user) {
    if (!user) return refuse(promise, user.error());
    change(command, *user, promise);
  });
}

void QueueChanges::change(const QueueCommand& command, UserId user, Promise promise) {
  auto updates = state_.command(command, now_microseconds());
  if (!updates) return refuse(promise, updates.error());
  if (updates->empty()) return refuse(promise, not_found("no waiting message matches"));
  QueueCommandAnswer answer;
  answer.messages = static_cast<std::int64_t>(updates->size());
  for (QueueUpdate& update : *updates) {
    answer.recipients += static_cast<std::int64_t>(update.changes.size());
    if (user) update.copy = QueuedCopy{user, state_.find(update.id)->size_bytes};
  }
  if (command.count_only) {
    promise.deliver(answer);
    return;
  }
  store(command, std::move(*updates), answer, promise);
}

void QueueChanges::store(const QueueCommand& command, std::vector<QueueUpdate> updates,
                         const QueueCommandAnswer& counted, Promise promise) {
  auto left = std::make_shared<std::size_t>(updates.size());
  auto answer = std::make_shared<QueueCommandAnswer>(counted);
  for (const QueueUpdate& update : updates) state_.set_aside(update);
  for (QueueUpdate& update : updates) {
    for (const QueueChange& change : update.changes)
      update.notes.push_back(command_note(command, change, state_.find(update.id)));
    commit_(state_.verdict_of(command, std::move(update)),
            [this, command, left, answer, promise](bool ok) mutable {
              if (!ok) answer->outcome = Outcome::failure(unavailable("the change could not be stored"));
              if (--*left > 0) return;
              promise.deliver(*answer);
              done_(command);
            });
  }
}

}  // namespace stagecoach
