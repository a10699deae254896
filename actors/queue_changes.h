// Carries out what an administrator wants done with waiting messages: hold, release, redirect, delete and the
// like, all that match a command at once. For the queue, on its own thread.
#pragma once

#include <functional>

#include "actors/queue.h"
#include "actors/queue_outcome.h"
#include "actors/queue_state.h"

namespace stagecoach {

class QueueChanges {
 public:
  using Promise = caf::typed_response_promise<QueueCommandAnswer>;
  using Commit = std::function<void(QueueState::Verdict verdict, OutcomeStored then)>;
  using Done = std::function<void(const QueueCommand& command)>;

  /// `commit` stores what becomes of a message; `done` is called when all of a command has been stored.
  QueueChanges(LocalQueueActor::base* self, Node& node, QueueState& state, Commit commit, Done done);
  void carry_out(const QueueCommand& command, Promise promise);

 private:
  /// `user`: whose INBOX gets a copy.
  void change(const QueueCommand& command, UserId user, Promise promise);
  void store(const QueueCommand& command, std::vector<QueueUpdate> updates, const QueueCommandAnswer& counted,
             Promise promise);

  LocalQueueActor::base* self_;
  Node& node_;
  QueueState& state_;
  Commit commit_;
  Done done_;
};

}  // namespace stagecoach
