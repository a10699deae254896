// The queue's side of LAN forwarding: the routes that have work, how many sessions each server may have, and
// when a server that was left alone is tried again. Pure; times are microseconds since 1970.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "actors/queue_state.h"
#include "conf/lan_forwards.h"

namespace stagecoach {

class LanSending {
 public:
  void configure(const conf::LanForwardingSettings& settings);

  /// The destination has work; its route is remembered until forget().
  const conf::SenderSettings& open(const std::string& destination, const std::string& route);
  void forget(const std::string& destination) { routes_.erase(destination); }
  /// Nullptr: it is not open.
  const conf::SenderSettings* sender(const std::string& destination) const;

  /// Whether one more session may begin: within the total and the limit of its server. Until a server has
  /// answered one session tries it alone, so that a dead one does not take the sessions of the others.
  bool may_start(const std::string& destination, const Destinations& places) const;

  /// For how long a server that does not answer is left alone at most.
  std::int64_t alone_minutes_max() const;
  void leave_alone(std::int64_t until) { alone_.insert(until); }
  /// True: the time of a server is over. Each moment is told once.
  bool is_over(std::int64_t now);
  std::optional<std::int64_t> next_wake() const;

  /// With failure_reports off: nobody is told. True: a message fails so.
  bool silence(QueueState::Verdict& verdict) const;

 private:
  struct Open {
    std::string route;
    conf::SenderSettings sender;
  };

  conf::LanForwardingSettings settings_;
  std::vector<conf::LanThreadRule> thread_rules_;
  std::map<std::string, Open> routes_;  // by destination
  std::set<std::int64_t> alone_;        // when servers are tried again
};

}  // namespace stagecoach
