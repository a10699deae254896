// Folders, their messages and subscriptions: everything that reads a mailbox, and the changes of folders
// themselves. Messages are changed by mail_writer.h only. Names are UTF-8; "INBOX" is written in capitals.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/mailbox.h"
#include "storage/pg.h"

namespace stagecoach::storage {

class MailboxRepository {
 public:
  explicit MailboxRepository(Database& database) : database_(database) {}

  /// Gives the user's folders; makes INBOX and the usual special-use folders when there is none yet.
  Result<std::vector<FolderInfo>> folders(UserId user, std::int64_t now_seconds);
  /// The names the user has subscribed to, existing or not.
  Result<std::vector<std::string>> subscriptions(UserId user);
  Result<void> subscribe(UserId user, const std::string& name, bool on);

  /// `not_found` when there is no such folder. One consistent snapshot.
  Result<FolderSnapshot> open(UserId user, const std::string& name);
  /// The first UID that is \\Recent to whoever opens the folder now; the next one to ask gets later ones.
  Result<std::uint32_t> take_recent(FolderId folder);
  Result<FolderState> state(UserId user, const std::string& name);
  /// Whether a message with these bytes is in the folder and not marked \\Deleted.
  Result<bool> holds(UserId user, const std::string& name, ContentId content);

  /// Makes the folder and, as RFC 3501 section 6.3.3 asks, its missing parents. `conflict`: it exists.
  Result<FolderId> create(UserId user, const std::string& name, const std::string& special_use,
                          std::int64_t now_seconds);
  /// Finds a folder or makes it.
  Result<FolderId> ensure(UserId user, const std::string& name, std::int64_t now_seconds);
  /// Renames with all below it. Renaming INBOX moves its messages instead (RFC 3501 section 6.3.5).
  Result<void> rename(UserId user, const std::string& from, const std::string& to, std::int64_t now_seconds);
  /// Removes the folder and its messages. The ones below it stay. `deleted_at` (seconds since 1970): it goes
  /// into the recycle bin (recycle_repository.h); 0: it is gone at once.
  Result<void> remove(UserId user, const std::string& name, std::int64_t deleted_at = 0);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
