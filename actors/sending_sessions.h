// The sessions that send for the queue: which destination each is for, what it has under way, and how many
// messages of a connection are under way at once. For the queue, on its own thread.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "actors/smtp_client.h"

namespace stagecoach {

struct SendingSession {
  SmtpClientActor actor;
  std::string destination;
  ConfigPtr config;                           // that it was made with
  bool reached = false;                       // a server has accepted the connection
  bool reported = false;                      // said SendingEnded
  QueueId task;                               // under way; none: it has nothing to do
  std::int64_t messages = 0, recipients = 0;  // so far
  SendingReached limits = {};                 // what a script allows it
};

class SendingSessions {
 public:
  void add(const SmtpClientActor& actor, std::string destination, ConfigPtr config);
  /// Nullptr: it is none of these.
  SendingSession* find(const caf::actor_addr& address);
  const SendingSession* find(const caf::actor_addr& address) const;
  /// It has ended.
  void remove(const caf::actor_addr& address);

  /// It has this message under way from now on; `recipients` of it.
  void employ(SendingSession& session, QueueId task, std::int64_t recipients);
  /// It has sent it, or could not.
  void release(const caf::actor_addr& address, QueueId task);
  /// Messages of the connection that are under way.
  int under_way(const std::string& connection) const;

  bool any(const std::function<bool(const caf::actor_addr&, const SendingSession&)>& chosen) const;
  void end_all();

 private:
  void released(SendingSession& session);

  std::unordered_map<caf::actor_addr, SendingSession> sessions_;
  std::unordered_map<std::string, int> under_way_;  // by connection
};

}  // namespace stagecoach
