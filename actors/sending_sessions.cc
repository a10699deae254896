#include "actors/sending_sessions.h"

#include <algorithm>

#include "actors/destinations.h"
#include "actors/serialisation.h"

namespace stagecoach {

void SendingSessions::add(const SmtpClientActor& actor, std::string destination, ConfigPtr config) {
  sessions_.emplace(
      actor.address(),
      SendingSession{.actor = actor, .destination = std::move(destination), .config = std::move(config)});
}

SendingSession* SendingSessions::find(const caf::actor_addr& address) {
  const auto found = sessions_.find(address);
  return found == sessions_.end() ? nullptr : &found->second;
}
const SendingSession* SendingSessions::find(const caf::actor_addr& address) const {
  return const_cast<SendingSessions*>(this)->find(address);
}

void SendingSessions::remove(const caf::actor_addr& address) {
  const auto found = sessions_.find(address);
  if (found == sessions_.end()) return;
  released(found->second);
  sessions_.erase(found);
}

void SendingSessions::employ(SendingSession& session, QueueId task, std::int64_t recipients) {
  released(session);
  session.task = task;
  ++session.messages;
  session.recipients += recipients;
  ++under_way_[connection_of(session.destination)];
}

void SendingSessions::release(const caf::actor_addr& address, QueueId task) {
  SendingSession* session = find(address);
  if (session && session->task == task) released(*session);
}

void SendingSessions::released(SendingSession& session) {
  if (!std::exchange(session.task, QueueId{})) return;
  const auto count = under_way_.find(connection_of(session.destination));
  if (--count->second == 0) under_way_.erase(count);
}

int SendingSessions::under_way(const std::string& connection) const {
  const auto count = under_way_.find(connection);
  return count == under_way_.end() ? 0 : count->second;
}

bool SendingSessions::any(
    const std::function<bool(const caf::actor_addr&, const SendingSession&)>& chosen) const {
  return std::any_of(sessions_.begin(), sessions_.end(),
                     [&](const auto& one) { return chosen(one.first, one.second); });
}

void SendingSessions::end_all() {
  for (auto& [address, session] : sessions_) anon_send(session.actor, ShutDown{});
  sessions_.clear();
  under_way_.clear();
}

}  // namespace stagecoach
