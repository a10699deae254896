// The recycle bin: messages and folders that were deleted, for the time in which they can come back. Messages
// get in by MailWriter (ExpungeMessages) and out by its RestoreMessages; folders get in by MailboxRepository.
// Times are seconds since 1970. docs/reference/recycle-bin.md
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/ids.h"
#include "storage/pg.h"

namespace stagecoach::storage {

struct RecycledCount {
  std::int64_t messages = 0, folders = 0;
};

/// A folder with messages to bring back.
struct RestorableFolder {
  FolderId id;
  std::string name;
  bool revived = false;  // it was deleted itself
};

class RecycleRepository {
 public:
  explicit RecycleRepository(Database& database) : database_(database) {}

  /// What this user's bin has from `since` on.
  Result<RecycledCount> count(UserId user, std::int64_t since);

  /// Makes the folders that were deleted from `since` on again and tells which folders have messages in the
  /// bin from then; MailWriter brings these back. A revived folder of a name that exists is that one.
  Result<std::vector<RestorableFolder>> revive_folders(UserId user, std::int64_t since, std::int64_t now);

  /// Forgets messages and folders deleted before; at most `rows_max` messages a call. Gives the number of
  /// messages.
  Result<std::int64_t> purge(std::int64_t before, std::int64_t rows_max);

 private:
  Result<void> revive(UserId user, std::int64_t old_id, const std::string& name,
                      const std::string& special_use, std::int64_t now);
  Database& database_;
};

}  // namespace stagecoach::storage
