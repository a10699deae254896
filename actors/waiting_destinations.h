// Destinations of the queue that have work but may not send now. Those that are held wait until somebody
// looks at their connection as a whole; those that stand in line wait for a turn, one after the other. Pure.
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

  /// To the end of the line of its connection, unless it stands there already.
  void line_up(const std::string& destination);
  std::size_t in_line(const std::string& connection) const;
  /// The one that has waited longest; it leaves the line.
  std::optional<std::string> next(const std::string& connection);

 private:
  struct Line {
    std::deque<std::string> order;
    std::unordered_set<std::string> members;
  };
  std::map<std::string, std::set<std::string>> held_;  // by connection
  std::map<std::string, Line> lines_;                  // by connection
};

}  // namespace stagecoach
