// Which messages of a mailbox the prune rules delete (docs/reference/prune.md).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "routing/model/ids.h"
#include "routing/model/policy.h"
#include "storage/pg.h"

namespace stagecoach {

struct PrunableFolder {
  FolderId id;
  std::string name;
  std::vector<std::int64_t> uids;  // ascending
  std::int64_t size_bytes = 0;     // of these
};

/// Folders without such messages are left out. At most `messages_max` messages. `now`: seconds since 1970.
Result<std::vector<PrunableFolder>> find_prunable(storage::Database& database, UserId user,
                                                  std::span<const PruneRule> rules, std::int64_t now,
                                                  std::int64_t messages_max);

}  // namespace stagecoach
