#include "routing/time_window.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

// USR-078
// USR-079
const struct {
  const char* from;
  const char* to;
  const char* now;
  bool inside;
} k_windows[] = {
    {"", "", "2026-10-13 12:00", true},
    // days and clock times are tested separately
    {"20261013 12:00", "20261017 15:00", "2026-10-13 12:00", true},
    {"20261013 12:00", "20261017 15:00", "2026-10-13 11:59:59", false},
    {"20261013 12:00", "20261017 15:00", "2026-10-15 12:30", true},
    {"20261013 12:00", "20261017 15:00", "2026-10-15 16:00", false},
    {"20261013 12:00", "20261017 15:00", "2026-10-17 15:00:59", true},
    {"20261013 12:00", "20261017 15:00", "2026-10-17 15:01", false},
    {"20261013 12:00", "20261017 15:00", "2026-10-12 13:00", false},
    {"20261013 12:00", "20261017 15:00", "2026-10-18 13:00", false},
    // whole days
    {"20261013", "20261013", "2026-10-13 00:00", true},
    {"20261013", "20261013", "2026-10-13 23:59:59", true},
    {"20261013", "20261013", "2026-10-14 00:00", false},
    {"2026-10-13", "", "2030-01-01 00:00", true},
    {"", "20261013", "2026-10-14", false},
    // clock times of each day
    {"08:15", "14:45", "2026-10-13 08:15", true},
    {"08:15", "14:45", "2026-10-13 05:00", false},
    {"08:15", "", "2026-10-13 23:59", true},
    {"", "08:15", "2026-10-13 08:16", false},
    {"00:00", "24:00", "2026-10-13 23:59:59", true},
    // over midnight
    {"22:00", "06:00", "2026-10-13 23:00", true},
    {"22:00", "06:00", "2026-10-13 06:00:30", true},
    {"22:00", "06:00", "2026-10-13 12:00", false},
};

TEST(TimeWindow, TestsDaysAndClockTimesSeparately) {
  for (const auto& [from, to, now, inside] : k_windows) {
    const auto window = DailyWindow::parse(TimeWindow{from, to});
    ASSERT_TRUE(window) << from << " " << to;
    EXPECT_EQ(window->contains(parse_moment(now).value()), inside) << from << " to " << to << " at " << now;
  }
}

const struct {
  const char* from;
  const char* to;
  const char* error;
} k_errors[] = {
    {"tomorrow", "", "\"tomorrow\" is no day like 20261231 or 2026-12-31"},
    {"20261301", "", "\"20261301\" is no day like 20261231 or 2026-12-31"},
    {"", "25:00", "\"25:00\" is no time like 08:15"},
    {"20261013 x", "", "\"x\" is no time like 08:15"},
    {"20261014", "20261013", "the first day, 2026-10-14, is after the last, 2026-10-13"},
};

TEST(TimeWindow, SaysWhatItCannotRead) {
  for (const auto& [from, to, error] : k_errors) {
    const auto window = DailyWindow::parse(TimeWindow{from, to});
    ASSERT_FALSE(window) << from << " " << to;
    EXPECT_EQ(window.error().reason, error);
  }
}

}  // namespace
}  // namespace stagecoach::routing
