#include "storage/mailbox_repository.h"

#include <array>

namespace stagecoach::storage {

namespace {

constexpr Statement k_folders{"folders",
                              "SELECT f.id, f.name, f.special_use, s.name IS NOT NULL FROM folder f"
                              " LEFT JOIN subscription s ON s.user_id = f.user_id AND s.name = f.name WHERE "
                              "f.user_id = $1 ORDER BY f.name"};
constexpr Statement k_subscriptions{"subscriptions",
                                    "SELECT name FROM subscription WHERE user_id = $1 ORDER BY name"};
constexpr Statement k_subscribe{
    "subscribe", "INSERT INTO subscription (user_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING"};
constexpr Statement k_unsubscribe{"unsubscribe", "DELETE FROM subscription WHERE user_id = $1 AND name = $2"};
constexpr Statement k_folder{
    "folder", "SELECT id, name, uidvalidity, uidnext, modseq FROM folder WHERE user_id = $1 AND name = $2"};
constexpr Statement k_messages{
    "messages",
    "SELECT uid, flags, content_id, size_bytes, internal_date, modseq, keywords FROM message"
    " WHERE folder_id = $1 ORDER BY uid"};
constexpr Statement k_counts{
    "folder_counts",
    "SELECT f.id, f.name, f.uidvalidity, f.uidnext, f.modseq, count(m.uid),"
    " count(m.uid) FILTER (WHERE m.flags & 1 = 0), count(m.uid) FILTER (WHERE m.flags & 8 <> 0),"
    " coalesce(sum(m.size_bytes), 0)::bigint FROM folder f LEFT JOIN message m ON m.folder_id = f.id"
    " WHERE f.user_id = $1 AND f.name = $2 GROUP BY f.id"};
constexpr Statement k_take_recent{
    "folder_take_recent",
    "WITH f AS (SELECT id, recent_uid AS first FROM folder WHERE id = $1 AND recent_uid < uidnext FOR UPDATE)"
    " UPDATE folder SET recent_uid = uidnext FROM f WHERE folder.id = f.id RETURNING f.first"};
// UIDVALIDITY grows for ever within a mailbox, folders that are gone included: the time, or one more than the
// last.
constexpr Statement k_insert{
    "folder_insert",
    "WITH next AS (UPDATE mail_user SET uidvalidity = greatest(uidvalidity + 1, $4) WHERE id = $1"
    "   AND NOT EXISTS (SELECT FROM folder WHERE user_id = $1 AND name = $2) RETURNING uidvalidity)"
    " INSERT INTO folder (user_id, name, special_use, uidvalidity)"
    " VALUES ($1, $2, $3, coalesce((SELECT uidvalidity FROM next), 1))"
    " ON CONFLICT (user_id, name) DO NOTHING RETURNING id"};
constexpr Statement k_rename_one{
    "folder_rename",
    "UPDATE folder SET name = $3 || substr(name, length($2) + 1) WHERE user_id = $1"
    " AND (name = $2 OR starts_with(name, $2 || '/'))"};
constexpr Statement k_move_all{
    "messages_move",
    "WITH s AS (SELECT id, uidnext, modseq FROM folder WHERE id = $1 FOR UPDATE), f AS (UPDATE folder SET"
    " uidnext = greatest(folder.uidnext, s.uidnext), modseq = greatest(folder.modseq, s.modseq) + 1 FROM s"
    " WHERE folder.id = $2 RETURNING folder.modseq), b AS (UPDATE folder SET modseq = folder.modseq + 1 FROM "
    "s"
    " WHERE folder.id = s.id RETURNING folder.modseq), e AS (INSERT INTO expunged SELECT $1, m.uid, b.modseq"
    " FROM message m, b WHERE m.folder_id = $1)"
    " UPDATE message SET folder_id = $2, modseq = f.modseq FROM f WHERE folder_id = $1"};
constexpr Statement k_release{
    "contents_release",
    "WITH gone AS (SELECT content_id, count(*) AS n FROM message WHERE folder_id = $1 GROUP BY content_id)"
    " UPDATE content SET copies = copies - gone.n FROM gone WHERE content.id = gone.content_id"};
constexpr Statement k_sweep{
    "contents_sweep",
    "WITH dead AS (DELETE FROM content WHERE copies <= 0 AND id IN (SELECT content_id FROM message WHERE"
    " folder_id = $1) RETURNING id) DELETE FROM content_chunk WHERE content_id IN (SELECT id FROM dead)"};
constexpr Statement k_delete_messages{"folder_messages_delete", "DELETE FROM message WHERE folder_id = $1"};
constexpr Statement k_delete_expunged{"folder_expunged_delete", "DELETE FROM expunged WHERE folder_id = $1"};
constexpr Statement k_delete_folder{"folder_delete", "DELETE FROM folder WHERE id = $1"};

constexpr Statement k_keep_folder{
    "folder_keep",
    "INSERT INTO recycled_folder (folder_id, user_id, name, special_use, deleted_at)"
    " SELECT id, user_id, name, special_use, $2::bigint FROM folder WHERE id = $1 FOR UPDATE"};
constexpr Statement k_keep_messages{
    "folder_messages_keep",
    "WITH d AS (DELETE FROM message WHERE folder_id = $1 RETURNING *)"
    " INSERT INTO recycled_message (folder_id, content_id, size_bytes, flags, keywords, internal_date,"
    " deleted_at) SELECT $1, content_id, size_bytes, flags, keywords, internal_date, $2::bigint FROM d"};

struct UsualFolder {
  const char* name;
  const char* special_use;
};
constexpr std::array<UsualFolder, 5> k_usual_folders{
    {{"INBOX", ""}, {"Sent", "\\Sent"}, {"Drafts", "\\Drafts"}, {"Trash", "\\Trash"}, {"Junk", "\\Junk"}}};

FolderState state_of(const Rows& rows) {
  FolderState state;
  state.id = FolderId{rows.integer(0, 0)};
  state.name = rows.text(0, 1);
  state.uidvalidity = static_cast<std::uint32_t>(rows.integer(0, 2));
  state.uidnext = static_cast<std::uint32_t>(rows.integer(0, 3));
  state.modseq = rows.integer(0, 4);
  return state;
}

Error no_such_folder(const std::string& name) { return not_found("there is no folder \"" + name + "\""); }

}  // namespace

Result<std::vector<FolderInfo>> MailboxRepository::folders(UserId user, std::int64_t now_seconds) {
  auto rows = database_.run(k_folders, {user.value});
  if (!rows) return std::move(rows.error());
  if (rows->size() == 0) {
    for (const UsualFolder& usual : k_usual_folders) {
      auto made = database_.run(k_insert, {user.value, usual.name, usual.special_use, now_seconds});
      if (!made) return std::move(made.error()).while_doing("making the first folders");
      if (auto done = subscribe(user, usual.name, true); !done) return std::move(done.error());
    }
    rows = database_.run(k_folders, {user.value});
    if (!rows) return std::move(rows.error());
  }
  std::vector<FolderInfo> folders;
  for (int i = 0; i < rows->size(); ++i)
    folders.push_back({FolderId{rows->integer(i, 0)}, std::string(rows->text(i, 1)),
                       std::string(rows->text(i, 2)), rows->boolean(i, 3)});
  return folders;
}

Result<std::vector<std::string>> MailboxRepository::subscriptions(UserId user) {
  auto rows = database_.run(k_subscriptions, {user.value});
  if (!rows) return std::move(rows.error());
  std::vector<std::string> names;
  for (int i = 0; i < rows->size(); ++i) names.emplace_back(rows->text(i, 0));
  return names;
}

Result<void> MailboxRepository::subscribe(UserId user, const std::string& name, bool on) {
  auto done = database_.run(on ? k_subscribe : k_unsubscribe, {user.value, name});
  if (!done) return std::move(done.error()).while_doing("subscribing " + name);
  return {};
}

Result<FolderSnapshot> MailboxRepository::open(UserId user, const std::string& name) {
  if (auto begun = database_.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); !begun)
    return std::move(begun.error());
  const auto snapshot = [&]() -> Result<FolderSnapshot> {
    auto folder = database_.run(k_folder, {user.value, name});
    if (!folder) return std::move(folder.error());
    if (folder->size() == 0) return no_such_folder(name);
    FolderSnapshot result{state_of(*folder), {}};
    auto rows = database_.run(k_messages, {result.state.id.value});
    if (!rows) return std::move(rows.error());
    result.messages.reserve(static_cast<std::size_t>(rows->size()));
    for (int i = 0; i < rows->size(); ++i) {
      StoredMessage message;
      message.uid = static_cast<std::uint32_t>(rows->integer(i, 0));
      message.flags = static_cast<std::uint8_t>(rows->integer(i, 1));
      message.content = ContentId{rows->integer(i, 2)};
      message.size_bytes = rows->integer(i, 3);
      message.internal_date = rows->integer(i, 4);
      message.modseq = rows->integer(i, 5);
      if (!rows->is_null(i, 6)) message.keywords = rows->texts(i, 6);
      result.messages.push_back(std::move(message));
    }
    result.state.messages = rows->size();
    return result;
  };
  auto result = snapshot();
  if (auto ended = database_.execute("COMMIT"); !ended && result) return std::move(ended.error());
  return result;
}

Result<std::uint32_t> MailboxRepository::take_recent(FolderId folder) {
  auto rows = database_.run(k_take_recent, {folder.value});
  if (!rows) return std::move(rows.error()).while_doing("noting what is recent");
  return rows->size() == 0 ? UINT32_MAX : static_cast<std::uint32_t>(rows->integer(0, 0));
}

Result<FolderState> MailboxRepository::state(UserId user, const std::string& name) {
  auto rows = database_.run(k_counts, {user.value, name});
  if (!rows) return std::move(rows.error());
  if (rows->size() == 0) return no_such_folder(name);
  FolderState state = state_of(*rows);
  state.messages = rows->integer(0, 5);
  state.unseen = rows->integer(0, 6);
  state.deleted = rows->integer(0, 7);
  state.size_bytes = rows->integer(0, 8);
  return state;
}

Result<bool> MailboxRepository::holds(UserId user, const std::string& name, ContentId content) {
  constexpr Statement k_holds{
      "folder_holds",
      "SELECT 1 FROM folder f JOIN message m ON m.folder_id = f.id"
      " WHERE f.user_id = $1 AND f.name = $2 AND m.content_id = $3 AND m.flags & 8 = 0 LIMIT 1"};
  auto rows = database_.run(k_holds, {user.value, name, content.value});
  if (!rows) return std::move(rows.error());
  return rows->size() > 0;
}

Result<FolderId> MailboxRepository::create(UserId user, const std::string& name,
                                           const std::string& special_use, std::int64_t now_seconds) {
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    auto parent = database_.run(k_insert, {user.value, name.substr(0, slash), "", now_seconds});
    if (!parent) return std::move(parent.error()).while_doing("making the folder above " + name);
  }
  auto made = database_.run(k_insert, {user.value, name, special_use, now_seconds});
  if (!made) return std::move(made.error()).while_doing("making the folder " + name);
  if (made->size() == 0) return conflict("the folder \"" + name + "\" exists already");
  return FolderId{made->integer(0, 0)};
}

Result<FolderId> MailboxRepository::ensure(UserId user, const std::string& name, std::int64_t now_seconds) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto rows = database_.run(k_folder, {user.value, name});
    if (!rows) return std::move(rows.error());
    if (rows->size() > 0) return FolderId{rows->integer(0, 0)};
    if (auto made = folders(user, now_seconds); !made) return std::move(made.error());
    auto created = create(user, name, "", now_seconds);
    if (created || created.error().kind != Error::Kind::conflict) return created;
  }
  return internal_error("the folder \"" + name + "\" appears and disappears");
}

Result<void> MailboxRepository::rename(UserId user, const std::string& from, const std::string& to,
                                       std::int64_t now_seconds) {
  auto source = database_.run(k_folder, {user.value, from});
  if (!source) return std::move(source.error());
  if (source->size() == 0) return no_such_folder(from);
  auto target = database_.run(k_folder, {user.value, to});
  if (!target) return std::move(target.error());
  if (target->size() > 0) return conflict("the folder \"" + to + "\" exists already");
  if (from == "INBOX") {
    auto made = create(user, to, "", now_seconds);
    if (!made) return std::move(made.error());
    auto moved = database_.run(k_move_all, {source->integer(0, 0), made->value});
    if (!moved) return std::move(moved.error()).while_doing("moving the messages of INBOX");
    return {};
  }
  if (const auto slash = to.rfind('/'); slash != std::string::npos) {
    auto parent = create(user, to.substr(0, slash), "", now_seconds);
    if (!parent && parent.error().kind != Error::Kind::conflict) return std::move(parent.error());
  }
  auto renamed = database_.run(k_rename_one, {user.value, from, to});
  if (!renamed) return std::move(renamed.error()).while_doing("renaming the folder " + from);
  return {};
}

Result<void> MailboxRepository::remove(UserId user, const std::string& name, std::int64_t deleted_at) {
  auto rows = database_.run(k_folder, {user.value, name});
  if (!rows) return std::move(rows.error());
  if (rows->size() == 0) return no_such_folder(name);
  const auto id = rows->integer(0, 0);
  std::vector<Database::Command> commands;
  if (deleted_at > 0)
    commands = {{&k_keep_folder, {id, deleted_at}}, {&k_keep_messages, {id, deleted_at}}};
  else
    commands = {{&k_release, {id}}, {&k_sweep, {id}}, {&k_delete_messages, {id}}};
  commands.push_back({&k_delete_expunged, {id}});
  commands.push_back({&k_delete_folder, {id}});
  auto done = database_.transact(commands);
  if (!done) return std::move(done.error()).while_doing("deleting the folder " + name);
  return {};
}

}  // namespace stagecoach::storage
