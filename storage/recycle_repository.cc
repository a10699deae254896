#include "storage/recycle_repository.h"

#include <set>

#include "storage/mailbox_repository.h"

namespace stagecoach::storage {

namespace {

// The folders of a user, deleted ones too.
constexpr Statement k_count{
    "recycle_count",
    "WITH f AS (SELECT id FROM folder WHERE user_id = $1 UNION"
    "   SELECT folder_id FROM recycled_folder WHERE user_id = $1)"
    " SELECT (SELECT count(*) FROM recycled_message WHERE folder_id IN (SELECT id FROM f)"
    "   AND deleted_at >= $2::bigint),"
    " (SELECT count(*) FROM recycled_folder WHERE user_id = $1 AND deleted_at >= $2)"};
constexpr Statement k_deleted_folders{
    "recycle_deleted_folders",
    "SELECT folder_id, name, special_use FROM recycled_folder WHERE user_id = $1 AND deleted_at >= $2"
    " ORDER BY deleted_at, name"};
constexpr Statement k_point_to{"recycle_point_to",
                               "UPDATE recycled_message SET folder_id = $2 WHERE folder_id = $1"};
constexpr Statement k_forget_folder{"recycle_forget_folder",
                                    "DELETE FROM recycled_folder WHERE folder_id = $1"};
constexpr Statement k_special_use{
    "recycle_special_use",
    "UPDATE folder f SET special_use = $2 WHERE id = $1 AND special_use = '' AND NOT EXISTS"
    " (SELECT FROM folder WHERE user_id = f.user_id AND special_use = $2)"};
constexpr Statement k_with_messages{
    "recycle_with_messages",
    "SELECT id, name FROM folder f WHERE user_id = $1 AND EXISTS (SELECT FROM recycled_message"
    " WHERE folder_id = f.id AND deleted_at >= $2) ORDER BY name"};
constexpr Statement k_purge{
    "recycle_purge",
    "WITH r AS (DELETE FROM recycled_message WHERE ctid IN (SELECT ctid FROM recycled_message"
    "   WHERE deleted_at < $1 LIMIT $2) RETURNING content_id),"
    " c AS (UPDATE content SET copies = copies - n.count FROM (SELECT content_id, count(*) FROM r"
    "   GROUP BY content_id) n WHERE content.id = n.content_id)"
    " SELECT count(*) FROM r"};
constexpr Statement k_purge_contents{
    "recycle_purge_contents",
    "WITH dead AS (DELETE FROM content WHERE copies <= 0 RETURNING id, data IS NULL AS chunked)"
    " DELETE FROM content_chunk WHERE content_id IN (SELECT id FROM dead WHERE chunked)"};
constexpr Statement k_purge_folders{
    "recycle_purge_folders",
    "DELETE FROM recycled_folder WHERE deleted_at < $1 AND NOT EXISTS"
    " (SELECT FROM recycled_message WHERE recycled_message.folder_id = recycled_folder.folder_id)"};

}  // namespace

Result<RecycledCount> RecycleRepository::count(UserId user, std::int64_t since) {
  auto rows = database_.run(k_count, {user.value, since});
  if (!rows) return std::move(rows.error()).while_doing("counting what the recycle bin has");
  return RecycledCount{rows->integer(0, 0), rows->integer(0, 1)};
}

Result<void> RecycleRepository::revive(UserId user, std::int64_t old_id, const std::string& name,
                                       const std::string& special_use, std::int64_t now) {
  auto folder = MailboxRepository(database_).ensure(user, name, now);
  if (!folder) return std::move(folder.error());
  auto done = database_.transact({{&k_point_to, {old_id, folder->value}},
                                  {&k_forget_folder, {old_id}},
                                  {&k_special_use, {folder->value, special_use}}});
  if (!done) return std::move(done.error()).while_doing("bringing the folder " + name + " back");
  return {};
}

Result<std::vector<RestorableFolder>> RecycleRepository::revive_folders(UserId user, std::int64_t since,
                                                                        std::int64_t now) {
  auto deleted = database_.run(k_deleted_folders, {user.value, since});
  if (!deleted) return std::move(deleted.error()).while_doing("looking for deleted folders");
  std::set<std::string, std::less<>> revived;
  for (int i = 0; i < deleted->size(); ++i) {
    const std::string name(deleted->text(i, 1));
    if (auto done = revive(user, deleted->integer(i, 0), name, std::string(deleted->text(i, 2)), now); !done)
      return std::move(done.error());
    revived.insert(name);
  }
  auto rows = database_.run(k_with_messages, {user.value, since});
  if (!rows) return std::move(rows.error()).while_doing("looking into the recycle bin");
  std::vector<RestorableFolder> folders;
  for (int i = 0; i < rows->size(); ++i)
    folders.push_back(
        {FolderId{rows->integer(i, 0)}, std::string(rows->text(i, 1)), revived.contains(rows->text(i, 1))});
  return folders;
}

Result<std::int64_t> RecycleRepository::purge(std::int64_t before, std::int64_t rows_max) {
  auto done = database_.transact(
      {{&k_purge, {before, rows_max}}, {&k_purge_contents, {}}, {&k_purge_folders, {before}}});
  if (!done) return std::move(done.error()).while_doing("purging the recycle bin");
  return done->front().integer(0, 0);
}

}  // namespace stagecoach::storage
