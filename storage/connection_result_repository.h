// What became of the last run of each connection, and of the mail that its sender last sent without a run.
// Times are microseconds since 1970.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/pg.h"

namespace stagecoach::storage {

struct ConnectionResult {
  std::string connection;
  bool at_once = false;  // sent without a run
  std::int64_t at = 0;
  std::string cause;               // of the run: "schedule", "command"
  std::vector<std::string> lines;  // of sender and collectors
  bool operator==(const ConnectionResult&) const = default;
};

class ConnectionResultRepository {
 public:
  explicit ConnectionResultRepository(Database& database) : database_(database) {}

  /// Takes the place of the one before of the same connection and kind. What no text column can hold is
  /// replaced.
  Result<void> note(const ConnectionResult& result);
  Result<std::vector<ConnectionResult>> load();
  /// Forgets those of all other connections; gives how many.
  Result<std::int64_t> keep_only(const std::vector<std::string>& connections);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
