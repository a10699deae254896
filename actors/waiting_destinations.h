// Destinations of the queue that have work but may not send now. Those that are held wait until somebody
// looks at their connection as a whole; those that stand in line wait for a turn, one after the other: in one
// line those with a session that has nothing to do, in another those that need one. Pure.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace stagecoach {

class WaitingDestinations {
 public:
  void hold(const std::string& destination);
  /// All that are held of this connection; they are held no more.
  std::vector<std::string> take_held(const std::string& connection);

  enum class Needs { turn, session };
  /// To the end of this line of its connection, unless it stands there already.
  void line_up(const std::string& destination, Needs needs);
  std::size_t in_line(const std::string& connection, Needs needs) const;
  /// The one that has waited longest; it leaves the line.
  std::optional<std::string> next(const std::string& connection, Needs needs);

 private:
  struct Line {
    std::deque<std::string> order;
    std::unordered_set<std::string> members;
  };
  std::map<std::string, std::set<std::string>> held_;    // by connection
  std::map<std::pair<std::string, Needs>, Line> lines_;  // by connection
};

}  // namespace stagecoach
