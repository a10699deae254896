// The server's local time: accounts and passwords expire by its days, automatic answers go by it.
#pragma once

#include <ctime>
#include <string>

#include "actors/node.h"
#include "actors/routing_facts.h"
#include "actors/schedule_items.h"
#include "routing/civil_time.h"

namespace stagecoach {

/// "2026-12-31"
inline std::string local_today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

inline ScheduleMinute local_minute() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  return {static_cast<conf::Weekday>(parts.tm_wday), parts.tm_hour * 60 + parts.tm_min, now / 60,
          (now + parts.tm_gmtoff) / 60};
}

inline routing::LocalTime local_now() {
  const Time now = current_time();
  return routing::LocalTime(std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()) +
                            utc_offset(now));
}

}  // namespace stagecoach
