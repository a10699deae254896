// Brings the schema of a database to the version this program needs: forward only, in one transaction, and
// never on a schema that is newer than the program.
#pragma once

#include <string>
#include <vector>

#include "storage/pg.h"

namespace stagecoach::storage {

struct Migration {
  int number;        // 1, 2, … without gaps
  const char* name;  // "0001_first_mail"
  const char* sql;
};

/// What storage/migrations/ held when this program was built.
const std::vector<Migration>& migrations();

/// Applies what is missing. Gives the names of what was applied. A newer schema is a `conflict`.
/// Several nodes may call it at once: an advisory lock lets one go first.
Result<std::vector<std::string>> migrate(Database& database,
                                         const std::vector<Migration>& known = migrations());

}  // namespace stagecoach::storage
