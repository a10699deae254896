// The error log of scripts: one entry for each text, with how often and when it happened. Times are
// microseconds since 1970.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/ids.h"
#include "storage/pg.h"

namespace stagecoach::storage {

struct ScriptErrorEntry {
  std::string text;  // "office.lua:12: message"
  std::int64_t count = 0;
  std::int64_t first_at = 0, last_at = 0;
  MessageId message;  // the last one; 0: none
};

class ScriptErrorRepository {
 public:
  explicit ScriptErrorRepository(Database& database) : database_(database) {}

  /// Adds to the count of an entry that is there already.
  Result<void> add(const ScriptErrorEntry& entry);
  /// Newest first.
  Result<std::vector<ScriptErrorEntry>> list(std::int64_t rows_max);
  Result<std::int64_t> clear();
  /// Deletes what did not happen since `before`, and all but the newest `rows_max` entries.
  Result<std::int64_t> prune(std::int64_t before, std::int64_t rows_max);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
