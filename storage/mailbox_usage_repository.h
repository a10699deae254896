// How large mailboxes are, and which of their messages are old: what quotas and pruning look at.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/mailbox.h"
#include "storage/pg.h"

namespace stagecoach::storage {

struct MailboxSize {
  UserId user;
  std::int64_t inbox_messages = 0, size_bytes = 0;
};

struct FolderSize {
  FolderId id;
  std::string name, special_use;
  std::int64_t messages = 0, unread = 0, size_bytes = 0;
  bool fixed = false;  // its owner may not rename, move or delete it
};

/// How much mail a user has, deleted messages not counted.
struct MailboxHoldings {
  UserId user;
  std::int64_t messages = 0, folders = 0;  // folders with messages
};

class MailboxUsageRepository {
 public:
  explicit MailboxUsageRepository(Database& database) : database_(database) {}

  /// Of these users; one without messages has 0. In the order of their numbers.
  Result<std::vector<MailboxSize>> sizes(const std::vector<std::int64_t>& users);
  /// Of these users, in the order of their numbers.
  Result<std::vector<MailboxHoldings>> holdings(const std::vector<std::int64_t>& users);
  /// All folders of a user by name.
  Result<std::vector<FolderSize>> folders(UserId user);
  /// Messages of a folder with a UID above `after` and an internal date before `before` (seconds since 1970),
  /// ascending: without their contents.
  Result<std::vector<StoredMessage>> older_messages(FolderId folder, std::int64_t before, std::int64_t after,
                                                    std::int64_t rows_max);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
