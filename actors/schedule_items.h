// Which connections the schedule starts in one minute: [[schedule]] and [schedule_options] against a wall
// clock. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "conf/config.h"

namespace stagecoach {

/// One minute of local time.
struct ScheduleMinute {
  conf::Weekday weekday = conf::Weekday::sunday;
  int minute_of_day = 0;
  std::int64_t absolute = 0;  // minutes since 1970
  std::int64_t wall = 0;      // the same by the local clock: it jumps with summer time
  bool repeated = false;      // the local clock was here before
};

struct DueConnection {
  std::string name;
  std::chrono::seconds spread{0};  // it begins up to this long after its minute, by chance
};

/// The connections that are due, in the order of the configuration. `last_runs` are minutes since 1970 by
/// connection; `waiting` counts the messages of the outgoing queue.
std::vector<DueConnection> due_connections(const conf::Config& config, const ScheduleMinute& now,
                                           const std::map<std::string, std::int64_t>& last_runs,
                                           std::int64_t waiting);

/// After a jump of the clock the new minute itself is left out, unless check_at_new_time is on.
bool minute_counts(std::int64_t last, std::int64_t now, bool check_at_new_time);

/// The default connections that enough people wait for: `people` have read mail since the last run, which is
/// long enough ago. Connections without a run count from `started` (minutes since 1970).
std::vector<std::string> connections_for_people(const conf::Config& config, std::int64_t now,
                                                const std::map<std::string, std::int64_t>& last_runs,
                                                std::int64_t started, std::int64_t people);

/// Minutes until the item is due next, not counting its condition; -1: within a week it is not.
int minutes_until_due(const conf::ScheduleSettings& item, const ScheduleMinute& now);

}  // namespace stagecoach
