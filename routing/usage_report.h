// The report about one day (docs/reference/history.md): counts of messages in, text and HTML out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stagecoach::routing {

/// What happened to a message, or 9: a session. 0 to 11 stand in the raw records of a day as well.
enum class UsageCode : std::uint8_t {
  local_received = 0,     // by a user, from a user
  local_sent = 1,         // by a user, to users
  internet_received = 2,  // by a user, from elsewhere
  internet_sent = 3,      // accepted for the Internet; without a user: relayed for somebody else
  system_received = 4,    // by a user, made by the server
  lan_queued = 5,         // for a server that is named; of the sender
  collected = 6,          // fetched by a collector
  client_sent = 7,        // another server has taken it
  lan_sent = 8,           // a server that is named has taken it
  online = 9,             // seconds; without a user: a run of a connection
  urgent = 10,
  lan_queued_for = 11,  // as 5, of each recipient
  failed = 12,          // not delivered: returned, or deleted from the queue
  other = 13,           // accepted, and none of these
};

/// Events of one code and user together.
struct UsageTotal {
  UsageCode code = UsageCode::other;
  std::string user;  // empty: none of ours
  std::int64_t count = 0;
  std::int64_t value = 0;  // bytes; seconds of UsageCode::online
};

struct UsageDay {
  std::string date;      // "2026-12-31"
  std::string hostname;  // of the server
  std::vector<UsageTotal> totals;
  bool show_idle = false;
  std::vector<std::string> idle;  // users whom nobody has logged in as
  bool unfinished = false;        // the day is not over
};

/// What one user did; the sum of all users and of what concerns none of them has no name.
struct UsageRow {
  struct Sum {
    std::int64_t count = 0, bytes = 0;
  };
  std::string user;
  Sum local_received, internet_received, system_received, local_sent, internet_sent, relayed, urgent;
  Sum lan_queued, lan_sent, collected, client_sent, failed;
  std::int64_t online_seconds = 0;      // of users
  std::int64_t connection_seconds = 0;  // of runs of connections
};

/// The users by name, each once.
std::vector<UsageRow> usage_rows(const std::vector<UsageTotal>& totals);
UsageRow usage_sum(const std::vector<UsageTotal>& totals);

struct UsageReport {
  std::string text;  // UTF-8, lines end with LF
  std::string html;  // a whole document
};

/// Of more than k_report_users_max users only the busiest have a line.
UsageReport usage_report(const UsageDay& day);

constexpr std::size_t k_report_users_max = 2000, k_report_idle_max = 1000;

}  // namespace stagecoach::routing
