// What happened to messages: reads the trace. mail_writer.h writes it.
#pragma once

#include <string>
#include <vector>

#include "storage/mail_writer.h"
#include "storage/pg.h"

namespace stagecoach::storage {

class TraceRepository {
 public:
  explicit TraceRepository(Database& database) : database_(database) {}
  /// `what`: a message number, a Message-ID with or without angle brackets, or an address that is the
  /// reverse-path or a recipient. Newest messages first, the entries of each in order; at most
  /// `messages_max`.
  Result<std::vector<TraceEntry>> find(const std::string& what, int messages_max);
  /// The "accepted" entries with a number above `after`, ascending: those with these numbers, or with none
  /// given all since `since` (microseconds since 1970).
  Result<std::vector<TraceEntry>> accepted(const std::vector<std::int64_t>& ids, std::int64_t since,
                                           std::int64_t after, std::int64_t rows_max);
  /// Deletes what is older.
  Result<std::int64_t> prune(std::int64_t before_microseconds);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
