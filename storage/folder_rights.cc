#include "storage/folder_rights.h"

#include "storage/mailbox_repository.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_is_fixed{"folder_is_fixed",
                               "SELECT 1::bigint FROM folder WHERE user_id = $1 AND name = $2 AND fixed"};
constexpr Statement k_has_fixed{
    "folder_has_fixed",
    "SELECT 1::bigint FROM folder WHERE user_id = $1 AND fixed"
    " AND (name = $2 OR ($2 <> 'INBOX' AND starts_with(name, $2 || '/'))) LIMIT 1"};
constexpr Statement k_missing{"folder_missing",
                              "SELECT n FROM unnest($2::text[]) n WHERE NOT EXISTS"
                              " (SELECT FROM folder WHERE user_id = $1 AND name = n) LIMIT 1"};
constexpr Statement k_fix{"folder_fix",
                          "UPDATE folder SET fixed = $3 WHERE user_id = $1 AND name = ANY ($2::text[])"};

}  // namespace

Result<bool> FolderRightsRepository::remove_as_owner(UserId user, const std::string& folder,
                                                     std::int64_t deleted_at) {
  auto fixed = database_.run(k_is_fixed, {user.value, folder});
  if (!fixed) return std::move(fixed.error()).while_doing("reading the rights of " + folder);
  if (fixed->size() > 0) return false;
  if (auto done = MailboxRepository(database_).remove(user, folder, deleted_at); !done)
    return std::move(done.error());
  return true;
}

Result<bool> FolderRightsRepository::rename_as_owner(UserId user, const std::string& from,
                                                     const std::string& to, std::int64_t now_seconds) {
  auto fixed = database_.run(k_has_fixed, {user.value, from});
  if (!fixed) return std::move(fixed.error()).while_doing("reading the rights of " + from);
  if (fixed->size() > 0) return false;
  if (auto done = MailboxRepository(database_).rename(user, from, to, now_seconds); !done)
    return std::move(done.error());
  return true;
}

Result<void> FolderRightsRepository::set_fixed(UserId user, const std::vector<std::string>& folders,
                                               bool fixed) {
  auto missing = database_.run(k_missing, {user.value, Param(folders)});
  if (!missing) return std::move(missing.error());
  if (missing->size() > 0)
    return not_found("there is no folder \"" + std::string(missing->text(0, 0)) + "\"");
  auto done = database_.run(k_fix, {user.value, Param(folders), fixed});
  if (!done) return std::move(done.error()).while_doing("setting the rights of folders");
  return {};
}

}  // namespace stagecoach::storage
