// Links that a run has made, or begun to make, and that nobody has dropped yet: what a server that was cut
// off leaves behind. Times are microseconds since 1970.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/pg.h"

namespace stagecoach::storage {

struct ConnectionLink {
  std::string connection;
  std::int64_t since = 0;
  bool operator==(const ConnectionLink&) const = default;
};

class ConnectionLinkRepository {
 public:
  explicit ConnectionLinkRepository(Database& database) : database_(database) {}

  /// Of one that is noted already the first time stays: the link may be up since then.
  Result<void> note(const ConnectionLink& link);
  /// One that is not noted is no error.
  Result<void> forget(const std::string& connection);
  /// By name.
  Result<std::vector<ConnectionLink>> load();

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
