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
};

/// The names of the connections that are due, in the order of the configuration. `last_runs` are minutes
/// since 1970 by connection; `waiting` counts the messages of the outgoing queue.
std::vector<std::string> due_connections(const conf::Config& config, const ScheduleMinute& now,
                                         const std::map<std::string, std::int64_t>& last_runs,
                                         std::int64_t waiting);

}  // namespace stagecoach
