// How mail comes in from and goes out to the Internet: [[connection]], [[schedule]], [schedule_options].
#pragma once

#include "conf/setting.h"

namespace stagecoach::conf {

using namespace std::chrono_literals;

/// command: the link is made for a run and dropped after it ("dialup" is its old name).
enum class ConnectionKind : std::uint8_t { network, command };
inline constexpr Choice<ConnectionKind> k_connection_kinds[] = {{"network", ConnectionKind::network},
                                                                {"command", ConnectionKind::command},
                                                                {"dialup", ConnectionKind::command}};

struct ConnectionSettings {
  std::string name;
  ConnectionKind kind = ConnectionKind::network;
  bool is_default = true;
  std::string fallback;
  std::vector<std::string> up_command, down_command;
  std::chrono::seconds command_timeout{60};
  std::vector<std::string> reuse_interfaces;
  std::vector<std::string> connected_command, disconnect_command;
  std::chrono::seconds connected_timeout{54}, disconnect_timeout{10};
  bool use_socks = false;
  Provenance where;

  static constexpr auto settings() {
    using S = ConnectionSettings;
    return std::tuple{
        Setting{"name", &S::name, Required{}, "Names the connection in status, log and other sections."},
        Setting{"kind", &S::kind, Choices{k_connection_kinds},
                "network: always there. command: up_command makes the link before a run, down_command drops "
                "it afterwards."},
        Setting{"default", &S::is_default, "Schedule items with the target \"default\" run it."},
        Setting{"fallback", &S::fallback, Anything{},
                "Connection that runs when no outgoing TCP connection of this one succeeded."},
        Setting{"up_command", &S::up_command, Anything{},
                "With kind command: program and arguments that make the link, [\"nmcli\", \"connection\", "
                "\"up\", \"dsl\"]. No shell looks at them. An exit code other than 0 is a failed run."},
        Setting{"down_command", &S::down_command, Anything{},
                "With kind command: drops the link when the run has ended."},
        Setting{"command_timeout", &S::command_timeout, Range{1s, 3600s},
                "Time for each of them; then it is ended, and counts as failed."},
        Setting{"reuse_interfaces", &S::reuse_interfaces, Anything{},
                "Network interfaces: while one of them is up neither of them runs.", "reuse_dialups"},
        Setting{"connected_command", &S::connected_command, Anything{},
                "Program and arguments, run when the connection is there, before anything is sent or "
                "collected. Its exit code changes nothing.",
                "post_connect_command"},
        Setting{"connected_timeout", &S::connected_timeout, Range{1s, 3600s}, "Time for it."},
        Setting{"disconnect_command", &S::disconnect_command, Anything{},
                "The same at the end of a run, before the link is dropped.", "pre_disconnect_command"},
        Setting{"disconnect_timeout", &S::disconnect_timeout, Range{1s, 3600s}, "Time for it."},
        Setting{"use_socks", &S::use_socks,
                "Its sender and collectors reach other servers through the SOCKS server of [proxy]."},
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
  std::chrono::seconds spread{0};
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
        Setting{"spread", &S::spread, Range{0s, 3600s},
                "Begins up to this long after its minute, by chance: for many servers with one provider."},
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
                "When this many users have logged in to POP3 or IMAP since the last run, the default "
                "connections run, at the latest people_within after that run. 0: off."},
        Setting{"people_within", &S::people_within, Range{1min, 1440min}, "The time for that.",
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
