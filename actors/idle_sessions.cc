#include "actors/idle_sessions.h"

#include <algorithm>

#include "actors/serialisation.h"

namespace stagecoach {

bool IdleSessions::add(std::string destination, caf::actor_addr session, Promise promise,
                       std::int64_t until) {
  waiting_.push_back({std::move(destination), std::move(session), std::move(promise), until});
  return waiting_.size() == 1;
}

void IdleSessions::employ(const std::string& destination, const TakeTask& take) {
  for (auto one = waiting_.begin(); one != waiting_.end();) {
    if (one->destination != destination) {
      ++one;
      continue;
    }
    DeliveryTask task = take(one->session);
    if (!task.id) return;
    one->promise.deliver(std::move(task));
    one = waiting_.erase(one);
  }
}

std::optional<std::int64_t> IdleSessions::end(std::int64_t now) {
  for (; !waiting_.empty() && waiting_.front().until <= now; waiting_.pop_front())
    waiting_.front().promise.deliver(DeliveryTask{});
  if (waiting_.empty()) return {};
  return waiting_.front().until;
}

void IdleSessions::forget(const caf::actor_addr& session) {
  std::erase_if(waiting_, [&](const Waiting& one) { return one.session == session; });
}

bool IdleSessions::contains(const caf::actor_addr& session) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const Waiting& one) { return one.session == session; });
}

}  // namespace stagecoach
