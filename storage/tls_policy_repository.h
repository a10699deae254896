// The MTA-STS policies that are in force.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/pg.h"

namespace stagecoach::storage {

struct StoredTlsPolicy {
  std::string domain, id, policy;  // the text as it was fetched
  std::int64_t until = 0;          // microseconds since 1970
};

class TlsPolicyRepository {
 public:
  explicit TlsPolicyRepository(Database& database) : database_(database) {}
  /// Those in force at `now`; the others are deleted.
  Result<std::vector<StoredTlsPolicy>> load(std::int64_t now);
  /// Takes the place of the one before.
  Result<void> keep(const StoredTlsPolicy& policy);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
