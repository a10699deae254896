// History: short rows about messages and sessions, made in the background from the trace. The task moves in
// steps; a step is one statement that writes its rows and its position together, so a crash neither loses nor
// repeats a row. Trace rows are not committed in the order of their time: the task stays behind the present,
// and looks at the past again for what came late; rows that are there already are left out.
// Times are microseconds since 1970.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/mail_writer.h"
#include "storage/pg.h"

namespace stagecoach::storage {

struct HistoryMessage {
  std::int64_t at = 0;
  MessageId message;
  int code = 0;  // routing::UsageCode
  std::string user, sender, recipient, subject, service;
  std::int64_t size_bytes = 0;
  bool operator==(const HistoryMessage&) const = default;
};

struct HistorySession {
  std::int64_t at = 0;  // of the end
  std::string service, user, address;
  std::int64_t seconds = 0, messages = 0, size_bytes = 0;
  std::string reason;
};

struct HistoryState {
  std::int64_t version = 0;
  std::int64_t moved_until = 0;  // 0: it has not begun
  std::int64_t kept_since = 0;   // what was not wanted until then is not wanted later either
  std::string summarised;        // the last day that was reported; empty: none yet
};

/// A trace row that is not in the history, and the beginning of its message's IMAP ENVELOPE, if it is stored.
struct UnmovedTrace {
  TraceEntry trace;
  std::string envelope;
};

/// Rows of one code and user, counted.
struct HistoryTotal {
  int code = 0;
  std::string user;
  std::int64_t count = 0, value = 0;  // bytes; seconds of code 9
};

/// A line of the raw summary.
struct HistoryRecord {
  std::int64_t at = 0;
  int code = 0;
  std::int64_t value = 0;
  std::string user;
};

class HistoryRepository {
 public:
  explicit HistoryRepository(Database& database) : database_(database) {}

  Result<HistoryState> state();
  /// The time before the first trace row; `now` when there is none.
  Result<std::int64_t> beginning(std::int64_t now);
  /// Trace rows with after < at <= until, of the events that the history wants, in their order. About
  /// `rows_max` of them: all of one moment come together.
  Result<std::vector<UnmovedTrace>> next(std::int64_t after, std::int64_t until, std::int64_t rows_max);
  /// Those of them that the history lacks.
  Result<std::vector<UnmovedTrace>> missed(std::int64_t after, std::int64_t until, std::int64_t rows_max);
  /// Writes the rows and moves on to `until`. False: another server has made a step since this `version`, and
  /// nothing has happened.
  Result<bool> move(std::int64_t version, std::int64_t until, const std::vector<HistoryMessage>& rows);
  /// What the trace has until now and the history lacks is not wanted.
  Result<void> pass_over(std::int64_t now);
  /// How many trace rows wait, as far as `rows_max`.
  Result<std::int64_t> waiting(std::int64_t after, std::int64_t rows_max);
  Result<void> add_sessions(const std::vector<HistorySession>& sessions);

  /// Removes some of what is older; how many rows.
  Result<std::int64_t> prune(std::int64_t before, std::int64_t rows_max);

  // ---- a day: begin <= at < end ----

  Result<std::vector<HistoryTotal>> totals(std::int64_t begin, std::int64_t end);
  Result<std::vector<HistoryRecord>> records(std::int64_t begin, std::int64_t end);
  /// Users of whom a session lasted into that time or began in it.
  Result<std::vector<std::string>> users_seen(std::int64_t begin, std::int64_t end);
  Result<void> set_summarised(const std::string& day);
  /// Whether a message that this part of the server has made ("daily summary 2026-12-31") was accepted since.
  Result<bool> has_made(const std::string& service, std::int64_t since);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
