// Whether the last run of a server ended in order.
#pragma once

#include <cstdint>
#include <string>

#include "storage/pg.h"

namespace stagecoach::storage {

class ServerStateRepository {
 public:
  explicit ServerStateRepository(Database& database) : database_(database) {}
  /// A run begins. True: the one before has not said that it ended. Times are microseconds since 1970.
  Result<bool> begin(const std::string& server, std::int64_t now);
  /// It ends in order: everything that was under way has been committed.
  Result<void> end(const std::string& server, std::int64_t now);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
