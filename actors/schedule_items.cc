#include "actors/schedule_items.h"

#include <algorithm>

namespace stagecoach {

namespace {

constexpr int k_default_every = 10;

bool is_time(const conf::ScheduleSettings& item, const ScheduleMinute& now) {
  if (!item.enabled) return false;
  if (std::find(item.days.begin(), item.days.end(), now.weekday) == item.days.end()) return false;
  if (item.once) return !now.repeated && now.minute_of_day == item.at.minutes;
  if (now.minute_of_day < item.from.minutes || now.minute_of_day > item.to.minutes) return false;
  const int every = item.every.count() > 0 ? static_cast<int>(item.every.count()) : k_default_every;
  return (now.minute_of_day - item.from.minutes) % every == 0;
}

bool is_due(const conf::ScheduleSettings& item, const ScheduleMinute& now, std::int64_t waiting) {
  return waiting >= item.min_queue && is_time(item, now);
}

bool names(const conf::ScheduleSettings& item, const conf::ConnectionSettings& connection) {
  return std::any_of(item.connections.begin(), item.connections.end(), [&](const std::string& name) {
    return name == connection.name || (name == "default" && connection.is_default);
  });
}

}  // namespace

std::vector<DueConnection> due_connections(const conf::Config& config, const ScheduleMinute& now,
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
  std::vector<DueConnection> connections;
  for (const conf::ConnectionSettings& connection : config.connections) {
    const auto item =
        std::find_if(due.begin(), due.end(), [&](const auto* one) { return names(*one, connection); });
    if (item == due.end()) continue;
    const auto last = last_runs.find(connection.name);
    const auto gap = config.schedule_options.min_gap.count();
    if (gap > 0 && last != last_runs.end() && now.absolute - last->second <= gap) continue;
    connections.push_back({connection.name, (*item)->spread});
  }
  return connections;
}

bool minute_counts(std::int64_t last, std::int64_t now, bool check_at_new_time) {
  if (now == last) return false;
  return now == last + 1 || check_at_new_time;
}

std::vector<std::string> connections_for_people(const conf::Config& config, std::int64_t now,
                                                const std::map<std::string, std::int64_t>& last_runs,
                                                std::int64_t started, std::int64_t people) {
  const conf::ScheduleOptions& options = config.schedule_options;
  std::vector<std::string> connections;
  if (options.people_threshold <= 0 || people < options.people_threshold) return connections;
  for (const conf::ConnectionSettings& connection : config.connections) {
    const auto last = last_runs.find(connection.name);
    const std::int64_t since = last == last_runs.end() ? started : last->second;
    if (connection.is_default && now - since >= options.people_within.count())
      connections.push_back(connection.name);
  }
  return connections;
}

int minutes_until_due(const conf::ScheduleSettings& item, const ScheduleMinute& now) {
  constexpr int k_day = 24 * 60;
  ScheduleMinute minute = now;
  for (int ahead = 0; ahead <= 7 * k_day; ++ahead) {
    if (is_time(item, minute)) return ahead;
    ++minute.absolute;
    if (++minute.minute_of_day < k_day) continue;
    minute.minute_of_day = 0;
    minute.weekday = static_cast<conf::Weekday>((static_cast<int>(minute.weekday) + 1) % 7);
  }
  return -1;
}

}  // namespace stagecoach
