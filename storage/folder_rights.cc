#include "storage/folder_rights.h"

#include <functional>

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
                              " (SELECT FROM folder WHERE user_id = $1 AND name = n)"};
constexpr Statement k_fix{"folder_fix",
                          "UPDATE folder SET fixed = $3 WHERE user_id = $1 AND name = ANY ($2::text[])"};

/// "A/B/C": "A", "A/B", "A/B/C"
std::vector<std::string> path_of(const std::string& name) {
  std::vector<std::string> path;
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
    path.push_back(name.substr(0, slash));
  path.push_back(name);
  return path;
}

/// Does `make`, and fixes those of the folders that it made: both or nothing.
template <class T>
Result<T> fixing_new(Database& database, UserId user, const std::vector<std::string>& folders,
                     const std::function<Result<T>()>& make) {
  auto missing = database.run(k_missing, {user.value, Param(folders)});
  if (!missing) return std::move(missing.error());
  std::vector<std::string> made;
  for (int i = 0; i < missing->size(); ++i) made.emplace_back(missing->text(i, 0));
  if (auto begun = database.execute("BEGIN"); !begun) return std::move(begun.error());
  auto result = make();
  if (result)
    if (auto done = database.run(k_fix, {user.value, Param(made), true}); !done)
      result = std::move(done.error()).while_doing("setting the rights of new folders");
  if (auto ended = database.execute(result ? "COMMIT" : "ROLLBACK"); !ended && result)
    return std::move(ended.error());
  return result;
}

}  // namespace

Result<FolderId> FolderRightsRepository::create_as_owner(UserId user, const std::string& name,
                                                         const std::string& special_use,
                                                         std::int64_t now_seconds, bool fixed) {
  MailboxRepository mailboxes(database_);
  const auto make = [&] { return mailboxes.create(user, name, special_use, now_seconds); };
  return fixed ? fixing_new<FolderId>(database_, user, path_of(name), make) : make();
}

Result<FolderId> FolderRightsRepository::ensure(UserId user, const std::string& name,
                                                std::int64_t now_seconds, bool fixed) {
  MailboxRepository mailboxes(database_);
  if (!fixed) return mailboxes.ensure(user, name, now_seconds);
  if (auto first = mailboxes.ensure(user, "INBOX", now_seconds); !first || name == "INBOX") return first;
  return fixing_new<FolderId>(database_, user, path_of(name),
                              [&] { return mailboxes.ensure(user, name, now_seconds); });
}

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
                                                     const std::string& to, std::int64_t now_seconds,
                                                     bool new_fixed) {
  auto fixed = database_.run(k_has_fixed, {user.value, from});
  if (!fixed) return std::move(fixed.error()).while_doing("reading the rights of " + from);
  if (fixed->size() > 0) return false;
  MailboxRepository mailboxes(database_);
  const auto rename = [&] { return mailboxes.rename(user, from, to, now_seconds); };
  std::vector<std::string> above = path_of(to);
  if (from != "INBOX") above.pop_back();  // it is the folder itself
  auto done = new_fixed ? fixing_new<void>(database_, user, above, rename) : rename();
  if (!done) return std::move(done.error());
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
