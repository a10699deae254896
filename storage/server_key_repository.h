// Keys that all nodes of a database share. A key is made once and never changes: what it has signed stays
// good.
#pragma once

#include <string>
#include <string_view>

#include "storage/pg.h"

namespace stagecoach::storage {

class ServerKeyRepository {
 public:
  explicit ServerKeyRepository(Database& database) : database_(database) {}

  /// The key for this purpose. There is none: `proposed` becomes it, if no other node is quicker.
  Result<std::string> key(std::string_view purpose, std::string_view proposed);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
