// What the owner of a folder may do with it. A fixed folder is one that he can neither rename nor move nor
// delete; its messages are his as before. Administrators' commands do not ask.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "routing/model/ids.h"
#include "storage/pg.h"

namespace stagecoach::storage {

/// The rights of an owner as RFC 4314 writes them.
constexpr std::string_view k_full_rights = "lrswipkxteacd", k_fixed_rights = "lrswipktea";

class FolderRightsRepository {
 public:
  explicit FolderRightsRepository(Database& database) : database_(database) {}

  /// What MailboxRepository does. With `fixed` the folder, and those above it that had to be made for it, are
  /// fixed.
  Result<FolderId> create_as_owner(UserId user, const std::string& name, const std::string& special_use,
                                   std::int64_t now_seconds, bool fixed);
  /// The same, for mail that is to go into the folder: one that is there keeps its rights, and so do those
  /// that every mailbox begins with.
  Result<FolderId> ensure(UserId user, const std::string& name, std::int64_t now_seconds, bool fixed);
  /// What MailboxRepository does for administrators. False: the folder is fixed, nothing was done.
  Result<bool> remove_as_owner(UserId user, const std::string& folder, std::int64_t deleted_at);
  /// The folders below it move along: none of them may be fixed. All of them keep their rights; with `fixed`
  /// those above the new name that had to be made are fixed, and the folder that takes the messages of INBOX.
  Result<bool> rename_as_owner(UserId user, const std::string& from, const std::string& to,
                               std::int64_t now_seconds, bool fixed);
  /// All of them, or none with not_found.
  Result<void> set_fixed(UserId user, const std::vector<std::string>& folders, bool fixed);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
