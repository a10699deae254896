// What the queue knows of the places it sends to: how many sessions each has, whether its servers answer, and
// how long it is left alone after a failure, so that a dead place costs the others nothing. Pure; times are
// microseconds since 1970.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

namespace stagecoach {

/// "relay" of a connection, or one domain of a direct one: "main|relay", "main|example.net"; behind another
/// bar which DNS overrides hold: "main|example.net|3". The connection that it belongs to, and the domain.
std::string connection_of(const std::string& destination);
std::string domain_of(const std::string& destination);

class Destinations {
 public:
  struct Limits {
    int sessions = 2;  // with one destination
    int trying = 100;  // of the connection, that have not reached a server yet; 0: any
  };

  /// Whether one more session may begin. A destination that has failed is tried by one session alone.
  bool may_start(const std::string& destination, const Limits& limits) const;
  /// Whether fewer sessions of the connection than that have not reached a server yet; 0: any.
  bool may_try(const std::string& connection, int trying_max) const;
  void started(const std::string& destination);
  /// A server of the destination has accepted the connection.
  void reached(const std::string& destination);
  void ended(const std::string& destination, bool had_reached);
  int sessions(const std::string& destination) const;
  /// Of all destinations that are chosen.
  int sessions_if(const std::function<bool(const std::string& destination)>& chosen) const;
  /// Whether a session of the destination has reached a server and goes on.
  bool is_reached(const std::string& destination) const;

  /// No session came about: nothing is sent there for a while, longer each time, at most `minutes_max`.
  /// Gives the time when that ends.
  std::int64_t failed(const std::string& destination, std::int64_t now, std::int64_t minutes_max);
  void works(const std::string& destination);
  bool is_left_alone(const std::string& destination, std::int64_t now) const;
  /// An administrator wants another try of all.
  void forget_failures();

 private:
  struct Failures {
    int count = 0;
    std::int64_t until = 0;
  };
  struct Sessions {
    int trying = 0, working = 0;
  };
  void no_longer_trying(const std::string& destination);

  std::unordered_map<std::string, Sessions> sessions_;  // by destination
  std::unordered_map<std::string, int> trying_;         // sessions by connection
  std::unordered_map<std::string, Failures> failures_;
};

}  // namespace stagecoach
