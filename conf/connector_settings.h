// How mail comes in from and goes out to the Internet: [[connection]], [[schedule]], [schedule_options].
#pragma once

#include "conf/setting.h"

namespace stagecoach::conf {

using namespace std::chrono_literals;

struct ConnectionSettings {
  std::string name;
  bool is_default = true;
  std::string fallback;
  Provenance where;

  static constexpr auto settings() {
    using S = ConnectionSettings;
    return std::tuple{
        Setting{"name", &S::name, Required{}, "Names the connection in status, log and other sections."},
        Setting{"default", &S::is_default, "Schedule items with the target \"default\" run it."},
        Setting{"fallback", &S::fallback, Anything{},
                "Connection that runs when no outgoing TCP connection of this one succeeded."},
    };
  }
  bool operator==(const ConnectionSettings&) const = default;
};

enum class Weekday : std::uint8_t { sunday, monday, tuesday, wednesday, thursday, friday, saturday };
inline constexpr Choice<Weekday> k_weekdays[] = {
    {"su", Weekday::sunday},   {"m", Weekday::monday},      {"tu", Weekday::tuesday},
    {"w", Weekday::wednesday}, {"th", Weekday::thursday},   {"f", Weekday::friday},
    {"sa", Weekday::saturday}, {"mo", Weekday::monday},     {"we", Weekday::wednesday},
    {"fr", Weekday::friday},   {"sun", Weekday::sunday},    {"mon", Weekday::monday},
    {"tue", Weekday::tuesday}, {"wed", Weekday::wednesday}, {"thu", Weekday::thursday},
    {"fri", Weekday::friday},  {"sat", Weekday::saturday}};

struct ScheduleSettings {
  std::string name;
  bool enabled = true;
  std::vector<std::string> connections{"default"};
  std::chrono::minutes every{0};
  bool once = false;
  TimeOfDay at;
  TimeOfDay from{0};
  TimeOfDay to{23 * 60 + 59};
  std::vector<Weekday> days{Weekday::sunday,   Weekday::monday, Weekday::tuesday, Weekday::wednesday,
                            Weekday::thursday, Weekday::friday, Weekday::saturday};
  std::int64_t min_queue = 0;
  Provenance where;

  /// "Every 10 minutes between 0:00 and 23:59 on Su,M,Tu,W,Th,F,Sa"
  std::string text() const;

  static constexpr auto settings() {
    using S = ScheduleSettings;
    return std::tuple{
        Setting{"name", &S::name, Anything{}, "For reference."},
        Setting{"enabled", &S::enabled, "Switches the item."},
        Setting{
            "connections", &S::connections, Required{},
            "What is run: names of connections, \"default\" (all default ones), or \"deny\" (suppresses what "
            "other items would start in the same minute).",
            "connect"},
        Setting{"every", &S::every, Range{0min, 1440min},
                "Interval, counted from `from`: \"5m\", or minutes. 0 with neither once nor at: 10 minutes."},
        Setting{"once", &S::once, "Runs once a day at `at`."},
        Setting{"at", &S::at, Anything{}, "Time of a single run; stands for once = true."},
        Setting{"from", &S::from, Anything{}, "Start of the period."},
        Setting{"to", &S::to, Anything{}, "End of the period, inclusive; not before `from`."},
        Setting{"days", &S::days, Choices{k_weekdays}, "Days of the week: su, m, tu, w, th, f, sa."},
        Setting{"min_queue", &S::min_queue, Range{0, 1000000},
                "Runs only if at least this many messages wait in the outgoing queue."},
    };
  }
  bool operator==(const ScheduleSettings&) const = default;
};

struct ScheduleOptions {
  bool paused = false;
  bool send_immediately = true;
  std::vector<std::string> send_immediately_connections;
  std::chrono::minutes min_gap{0};
  std::int64_t people_threshold = 0;
  std::chrono::minutes people_within{10};
  bool check_at_new_time = false;
  bool collect_then_send = false;

  static constexpr auto settings() {
    using S = ScheduleOptions;
    return std::tuple{
        Setting{"paused", &S::paused, "Starts with the schedule paused."},
        Setting{
            "send_immediately", &S::send_immediately,
            "A message that enters the outgoing queue is sent at once, without waiting for the schedule."},
        Setting{"send_immediately_connections", &S::send_immediately_connections, Anything{},
                "Connections used for that. Empty: the first that has a sender."},
        Setting{"min_gap", &S::min_gap, Range{0min, 1440min},
                "A scheduled run within this time after the last one is skipped. 0: never.",
                "min_gap_minutes"},
        Setting{"people_threshold", &S::people_threshold, Range{0, 1000000},
                "When this many users have checked their mail, the default connections run. 0: off."},
        Setting{"people_within", &S::people_within, Range{1min, 1440min}, "… within this time.",
                "people_within_minutes"},
        Setting{"check_at_new_time", &S::check_at_new_time,
                "After a jump of the clock the new minute itself is looked at, too."},
        Setting{"collect_then_send", &S::collect_then_send, Anything{},
                "A run collects first and sends afterwards. Off: both at the same time.", "pop3_then_smtp"},
    };
  }
  bool operator==(const ScheduleOptions&) const = default;
};

}  // namespace stagecoach::conf
