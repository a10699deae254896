#include "actors/waiting_destinations.h"

#include "actors/destinations.h"

namespace stagecoach {

void WaitingDestinations::hold(const std::string& destination) {
  held_[connection_of(destination)].insert(destination);
}

std::vector<std::string> WaitingDestinations::take_held(const std::string& connection) {
  const auto held = held_.find(connection);
  if (held == held_.end()) return {};
  std::vector<std::string> taken(held->second.begin(), held->second.end());
  held_.erase(held);
  return taken;
}

void WaitingDestinations::line_up(const std::string& destination, Needs needs) {
  Line& line = lines_[{connection_of(destination), needs}];
  if (line.members.insert(destination).second) line.order.push_back(destination);
}

std::size_t WaitingDestinations::in_line(const std::string& connection, Needs needs) const {
  const auto line = lines_.find({connection, needs});
  return line == lines_.end() ? 0 : line->second.order.size();
}

std::optional<std::string> WaitingDestinations::next(const std::string& connection, Needs needs) {
  const auto line = lines_.find({connection, needs});
  if (line == lines_.end()) return {};
  std::string first = std::move(line->second.order.front());
  line->second.order.pop_front();
  line->second.members.erase(first);
  if (line->second.order.empty()) lines_.erase(line);
  return first;
}

}  // namespace stagecoach
