#include "actors/schedule_items.h"

#include <algorithm>

namespace stagecoach {

namespace {

constexpr int k_default_every = 10;

bool is_due(const conf::ScheduleSettings& item, const ScheduleMinute& now, std::int64_t waiting) {
  if (!item.enabled || waiting < item.min_queue) return false;
  if (std::find(item.days.begin(), item.days.end(), now.weekday) == item.days.end()) return false;
  if (item.once) return now.minute_of_day == item.at.minutes;
  if (now.minute_of_day < item.from.minutes || now.minute_of_day > item.to.minutes) return false;
  const int every = item.every.count() > 0 ? static_cast<int>(item.every.count()) : k_default_every;
  return (now.minute_of_day - item.from.minutes) % every == 0;
}

bool names(const conf::ScheduleSettings& item, const conf::ConnectionSettings& connection) {
  return std::any_of(item.connections.begin(), item.connections.end(), [&](const std::string& name) {
    return name == connection.name || (name == "default" && connection.is_default);
  });
}

}  // namespace

std::vector<std::string> due_connections(const conf::Config& config, const ScheduleMinute& now,
                                         const std::map<std::string, std::int64_t>& last_runs,
                                         std::int64_t waiting) {
  std::vector<const conf::ScheduleSettings*> due;
  for (const conf::ScheduleSettings& item : config.schedules) {
    if (!is_due(item, now, waiting)) continue;
    // "deny" suppresses everything that would start in this minute.
    if (std::find(item.connections.begin(), item.connections.end(), "deny") != item.connections.end())
      return {};
    due.push_back(&item);
  }
  std::vector<std::string> connections;
  for (const conf::ConnectionSettings& connection : config.connections) {
    const bool wanted =
        std::any_of(due.begin(), due.end(), [&](const auto* item) { return names(*item, connection); });
    if (!wanted) continue;
    const auto last = last_runs.find(connection.name);
    const auto gap = config.schedule_options.min_gap.count();
    if (gap > 0 && last != last_runs.end() && now.absolute - last->second <= gap) continue;
    connections.push_back(connection.name);
  }
  return connections;
}

}  // namespace stagecoach
