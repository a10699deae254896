// Sessions, visits and runs that are over, until the historian writes them into the database. Any thread.
// Bounded: when nobody takes them away, the oldest are dropped and counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace stagecoach {

struct EndedSession {
  std::int64_t at = 0;  // of the end, microseconds since 1970
  std::string service;  // of [[service]], or "collector NAME", "connection NAME"
  std::string user;     // empty: nobody has logged in
  std::string address;  // of the client
  std::int64_t seconds = 0;
  std::int64_t messages = 0;  // taken, fetched or collected
  std::int64_t bytes = 0;     // of these; 0: not known
  std::string reason;         // how it ended: "finished", or what broke
};

class EndedSessions {
 public:
  static constexpr std::size_t k_sessions_max = 100'000;

  /// Those of a server without history are not kept.
  void keep(bool wanted) {
    const std::lock_guard lock(mutex_);
    wanted_ = wanted;
    if (!wanted) sessions_.clear();
  }
  void add(EndedSession session) {
    const std::lock_guard lock(mutex_);
    if (!wanted_) return;
    sessions_.push_back(std::move(session));
    if (sessions_.size() <= k_sessions_max) return;
    sessions_.pop_front();
    ++dropped_;
  }
  /// The oldest ones; whoever takes them has them.
  std::vector<EndedSession> take(std::size_t sessions_max) {
    const std::lock_guard lock(mutex_);
    std::vector<EndedSession> taken;
    while (!sessions_.empty() && taken.size() < sessions_max) {
      taken.push_back(std::move(sessions_.front()));
      sessions_.pop_front();
    }
    return taken;
  }
  /// They could not be written: they come first again.
  void give_back(std::vector<EndedSession> sessions) {
    const std::lock_guard lock(mutex_);
    if (!wanted_) return;
    while (!sessions.empty() && sessions_.size() < k_sessions_max) {
      sessions_.push_front(std::move(sessions.back()));
      sessions.pop_back();
    }
    dropped_ += static_cast<std::int64_t>(sessions.size());
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return sessions_.size();
  }
  /// How many have been dropped since the last question.
  std::int64_t take_dropped() {
    const std::lock_guard lock(mutex_);
    return std::exchange(dropped_, 0);
  }

 private:
  mutable std::mutex mutex_;
  std::deque<EndedSession> sessions_;
  std::int64_t dropped_ = 0;
  bool wanted_ = true;
};

}  // namespace stagecoach
