// The pieces of work that keep the history, each short, on a connection of the database's workers. The
// historian decides when (historian.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/mail_log.h"
#include "actors/node.h"
#include "actors/summary_report.h"
#include "storage/history_repository.h"

namespace stagecoach {

constexpr std::int64_t k_step_rows = 2000;  // of the trace

/// What a step has done. Times are microseconds since 1970.
struct HistoryStep {
  std::int64_t from = 0, until = 0;  // the part of the trace that it dealt with
  std::string summarised;            // the last day that was reported
  std::size_t found = 0;             // rows of the trace
  bool behind = false;               // there is more
  std::vector<MailLogLine> lines;    // about what it has written
};

/// Moves the next part of the trace into the history, `slice` long at most. The end of the trace stays: a
/// commit takes milliseconds, but not none.
Result<HistoryStep> move_on(storage::Database& database, std::int64_t now, std::int64_t slice);

/// Looks at a part that was moved already for what was committed later than its time says; not into a time
/// that the history has passed over. An hour at most, and what is new in it.
Result<HistoryStep> look_back(storage::Database& database, std::int64_t from, std::int64_t until);

/// A day for its report.
struct DayOver {
  bool made = false;  // it has been sent: the server ended before it could note that
  routing::UsageDay usage;
};
/// Adds it up, and writes the raw records into `raw_folder` unless that is empty. `purpose`: of the message.
Result<DayOver> end_day(storage::Database& database, const SummaryFacts& facts, const std::string& purpose,
                        const std::string& raw_folder);

/// The rows of sessions; users have the names of the directory.
std::vector<storage::HistorySession> history_sessions(const std::vector<EndedSession>& ended,
                                                      const DirectoryPtr& directory);

}  // namespace stagecoach
