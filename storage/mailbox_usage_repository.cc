#include "storage/mailbox_usage_repository.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_sizes{
    "usage_sizes",
    "SELECT u.id, count(m.uid) FILTER (WHERE f.name = 'INBOX'), coalesce(sum(m.size_bytes), 0)::bigint"
    " FROM unnest($1::bigint[]) AS u (id) LEFT JOIN folder f ON f.user_id = u.id"
    " LEFT JOIN message m ON m.folder_id = f.id GROUP BY u.id ORDER BY u.id"};
constexpr Statement k_folders{
    "usage_folders",
    "SELECT f.id, f.name, f.special_use, count(m.uid), count(m.uid) FILTER (WHERE m.flags & 1 = 0),"
    " coalesce(sum(m.size_bytes), 0)::bigint, f.fixed FROM folder f LEFT JOIN message m ON m.folder_id = f.id"
    " WHERE f.user_id = $1 GROUP BY f.id ORDER BY f.name"};
constexpr Statement k_holdings{
    "usage_holdings",
    "SELECT u.id, count(m.uid), count(DISTINCT m.folder_id) FROM unnest($1::bigint[]) AS u (id)"
    " LEFT JOIN folder f ON f.user_id = u.id LEFT JOIN message m ON m.folder_id = f.id"
    " GROUP BY u.id ORDER BY u.id"};
constexpr Statement k_older{
    "usage_older",
    "SELECT uid, flags, keywords, content_id, size_bytes, internal_date, modseq FROM message"
    " WHERE folder_id = $1 AND internal_date < $2 AND uid > $3 ORDER BY uid LIMIT $4"};

}  // namespace

Result<std::vector<MailboxSize>> MailboxUsageRepository::sizes(const std::vector<std::int64_t>& users) {
  auto rows = database_.run(k_sizes, {Param(users)});
  if (!rows) return std::move(rows.error()).while_doing("measuring mailboxes");
  std::vector<MailboxSize> sizes;
  for (int i = 0; i < rows->size(); ++i)
    sizes.push_back({UserId{rows->integer(i, 0)}, rows->integer(i, 1), rows->integer(i, 2)});
  return sizes;
}

Result<std::vector<MailboxHoldings>> MailboxUsageRepository::holdings(
    const std::vector<std::int64_t>& users) {
  auto rows = database_.run(k_holdings, {Param(users)});
  if (!rows) return std::move(rows.error()).while_doing("counting messages of users");
  std::vector<MailboxHoldings> holdings;
  for (int i = 0; i < rows->size(); ++i)
    holdings.push_back({UserId{rows->integer(i, 0)}, rows->integer(i, 1), rows->integer(i, 2)});
  return holdings;
}

Result<std::vector<FolderSize>> MailboxUsageRepository::folders(UserId user) {
  auto rows = database_.run(k_folders, {user.value});
  if (!rows) return std::move(rows.error()).while_doing("measuring folders");
  std::vector<FolderSize> folders;
  for (int i = 0; i < rows->size(); ++i)
    folders.push_back({FolderId{rows->integer(i, 0)}, std::string(rows->text(i, 1)),
                       std::string(rows->text(i, 2)), rows->integer(i, 3), rows->integer(i, 4),
                       rows->integer(i, 5), rows->boolean(i, 6)});
  return folders;
}

Result<std::vector<StoredMessage>> MailboxUsageRepository::older_messages(FolderId folder,
                                                                          std::int64_t before,
                                                                          std::int64_t after,
                                                                          std::int64_t rows_max) {
  auto rows = database_.run(k_older, {folder.value, before, after, rows_max});
  if (!rows) return std::move(rows.error()).while_doing("looking for old messages");
  std::vector<StoredMessage> messages(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) {
    StoredMessage& message = messages[static_cast<std::size_t>(i)];
    message.uid = static_cast<std::uint32_t>(rows->integer(i, 0));
    message.flags = static_cast<std::uint8_t>(rows->integer(i, 1));
    if (!rows->is_null(i, 2)) message.keywords = rows->texts(i, 2);
    message.content = ContentId{rows->integer(i, 3)};
    message.size_bytes = rows->integer(i, 4);
    message.internal_date = rows->integer(i, 5);
    message.modseq = rows->integer(i, 6);
  }
  return messages;
}

}  // namespace stagecoach::storage
