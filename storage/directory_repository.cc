#include "storage/directory_repository.h"

#include <unordered_map>

namespace stagecoach::storage {

namespace {

// One snapshot for all of them: the version fits what is read.
constexpr const char* k_begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

constexpr Statement k_version{"directory_version",
                              "SELECT greatest((SELECT max(version) FROM mail_user),"
                              " (SELECT max(version) FROM mail_group), (SELECT max(version) FROM mail_list),"
                              " (SELECT max(version) FROM mapping),"
                              " (SELECT max(version) FROM directory_removal), 0)"};
constexpr Statement k_users{"directory_users",
                            "SELECT id, name, password, scram, web_password, settings FROM mail_user"
                            " WHERE version > $1 AND NOT declared AND deleted_at IS NULL ORDER BY name"};
constexpr Statement k_app_passwords{
    "directory_app_passwords",
    "SELECT p.user_id, p.name, p.hash, p.scram, p.protocols, p.expires_on FROM app_password p"
    " JOIN mail_user u ON u.id = p.user_id WHERE u.version > $1 ORDER BY p.user_id, p.name"};
constexpr Statement k_groups{"directory_groups",
                             "SELECT id, name, settings FROM mail_group WHERE version > $1 AND NOT declared"
                             " AND deleted_at IS NULL ORDER BY lower(name)"};
constexpr Statement k_lists{"directory_lists",
                            "SELECT id, name, settings, declared FROM mail_list WHERE version > $1"
                            " AND deleted_at IS NULL ORDER BY lower(name)"};
constexpr Statement k_members{
    "directory_members",
    "SELECT m.list_id, m.address, m.suspended, m.listed FROM list_member m JOIN mail_list l ON l.id = "
    "m.list_id"
    " WHERE l.version > $1 AND (m.listed OR m.suspended) ORDER BY lower(m.address)"};
constexpr Statement k_mappings{
    "directory_mappings",
    "SELECT id, address, target, type, collector, comments FROM mapping WHERE version > $1 ORDER BY id"};
// Declared entries are no entries of the database; a declared list still has subscribers there.
constexpr Statement k_removed{
    "directory_removed",
    "SELECT 0, id FROM mail_user WHERE version > $1 AND (declared OR deleted_at IS NOT NULL)"
    " UNION ALL SELECT 1, id FROM mail_group WHERE version > $1 AND (declared OR deleted_at IS NOT NULL)"
    " UNION ALL SELECT 2, id FROM mail_list WHERE version > $1 AND deleted_at IS NOT NULL"
    " UNION ALL SELECT kind, entry_id FROM directory_removal WHERE version > $1"};
constexpr Statement k_totals{"mailbox_totals",
                             "SELECT f.user_id, count(m.uid) FILTER (WHERE f.name = 'INBOX'), count(m.uid), "
                             "coalesce(sum(m.size_bytes), 0)::bigint"
                             " FROM folder f LEFT JOIN message m ON m.folder_id = f.id GROUP BY f.user_id"};

/// Statements that give the declared entries of one table their numbers.
struct Numbering {
  Statement undeclare, declare, numbers;
};
constexpr Statement k_lock{"directory_lock", "SELECT pg_advisory_xact_lock(7265478522)"};

constexpr Numbering k_user_numbers{
    {"users_undeclare",
     "UPDATE mail_user SET declared = false, deleted_at = 0, version = nextval('directory_version')"
     " WHERE declared AND name <> ALL ($1::text[])"},
    {"users_declare",
     "INSERT INTO mail_user (name, declared) SELECT n, true FROM unnest($1::text[]) n"
     " ON CONFLICT (name) DO UPDATE SET declared = true, deleted_at = NULL,"
     " version = nextval('directory_version')"
     " WHERE NOT mail_user.declared OR mail_user.deleted_at IS NOT NULL"},
    {"users_numbers",
     "SELECT u.id FROM unnest($1::text[]) WITH ORDINALITY AS n (name, ord) JOIN mail_user u USING (name)"
     " ORDER BY n.ord"}};
constexpr Numbering k_group_numbers{
    {"groups_undeclare",
     "UPDATE mail_group SET declared = false, deleted_at = 0, version = nextval('directory_version')"
     " WHERE declared AND lower(name) <> ALL ($1::text[])"},
    {"groups_declare",
     "INSERT INTO mail_group (name, declared) SELECT n, true FROM unnest($1::text[]) n"
     " ON CONFLICT (lower(name)) DO UPDATE SET declared = true, deleted_at = NULL,"
     " version = nextval('directory_version')"
     " WHERE NOT mail_group.declared OR mail_group.deleted_at IS NOT NULL"},
    {"groups_numbers",
     "SELECT g.id FROM unnest($1::text[]) WITH ORDINALITY AS n (name, ord)"
     " JOIN mail_group g ON lower(g.name) = n.name ORDER BY n.ord"}};
constexpr Numbering k_list_numbers{
    {"lists_undeclare",
     "UPDATE mail_list SET declared = false, deleted_at = 0, version = nextval('directory_version')"
     " WHERE declared AND lower(name) <> ALL ($1::text[])"},
    {"lists_declare",
     "INSERT INTO mail_list (name, declared) SELECT n, true FROM unnest($1::text[]) n"
     " ON CONFLICT (lower(name)) DO UPDATE SET declared = true, deleted_at = NULL,"
     " version = nextval('directory_version')"
     " WHERE NOT mail_list.declared OR mail_list.deleted_at IS NOT NULL"},
    {"lists_numbers",
     "SELECT l.id FROM unnest($1::text[]) WITH ORDINALITY AS n (name, ord)"
     " JOIN mail_list l ON lower(l.name) = n.name ORDER BY n.ord"}};

template <class Tag>
Result<std::vector<Id<Tag>>> numbers_of(Database& database, const Numbering& numbering,
                                        const std::vector<std::string>& names) {
  auto done = database.transact(
      {{&k_lock, {}}, {&numbering.undeclare, {Param(names)}}, {&numbering.declare, {Param(names)}}});
  if (!done) return std::move(done.error());
  auto rows = database.run(numbering.numbers, {Param(names)});
  if (!rows) return std::move(rows.error());
  if (static_cast<std::size_t>(rows->size()) != names.size())
    return internal_error("a declared entry has no number");
  std::vector<Id<Tag>> numbers;
  for (int i = 0; i < rows->size(); ++i) numbers.push_back({rows->integer(i, 0)});
  return numbers;
}

/// Reads the tables one after the other into one StoredDirectory.
class Loader {
 public:
  Loader(Database& database, std::int64_t since) : database_(database), since_(since) {}

  Result<StoredDirectory> run() {
    using Step = Result<void> (Loader::*)();
    for (const Step step : {&Loader::version, &Loader::users, &Loader::app_passwords, &Loader::groups,
                            &Loader::lists, &Loader::members, &Loader::mappings, &Loader::removed})
      if (auto done = (this->*step)(); !done) return std::move(done.error());
    return std::move(found_);
  }

 private:
  Result<void> version() {
    auto rows = database_.run(k_version);
    if (!rows) return std::move(rows.error());
    found_.version = rows->integer(0, 0);
    return {};
  }

  Result<void> users() {
    auto rows = database_.run(k_users, {since_});
    if (!rows) return std::move(rows.error()).while_doing("loading the users");
    found_.users.resize(static_cast<std::size_t>(rows->size()));
    for (int i = 0; i < rows->size(); ++i) {
      StoredUser& user = found_.users[static_cast<std::size_t>(i)];
      user.id = UserId{rows->integer(i, 0)};
      user.name = rows->text(i, 1);
      user.credentials.password = rows->text(i, 2);
      user.credentials.scram = rows->text(i, 3);
      user.credentials.web_password = rows->text(i, 4);
      user.settings = rows->text(i, 5);
    }
    return {};
  }

  Result<void> app_passwords() {
    auto rows = database_.run(k_app_passwords, {since_});
    if (!rows) return std::move(rows.error()).while_doing("loading the application passwords");
    std::unordered_map<std::int64_t, StoredUser*> users;
    if (rows->size() > 0)
      for (StoredUser& user : found_.users) users.emplace(user.id.value, &user);
    for (int i = 0; i < rows->size(); ++i)
      if (const auto user = users.find(rows->integer(i, 0)); user != users.end())
        user->second->credentials.app_passwords.push_back(
            {std::string(rows->text(i, 1)), std::string(rows->text(i, 2)), std::string(rows->text(i, 3)),
             static_cast<std::uint8_t>(rows->integer(i, 4)), std::string(rows->text(i, 5))});
    return {};
  }

  Result<void> groups() {
    auto rows = database_.run(k_groups, {since_});
    if (!rows) return std::move(rows.error()).while_doing("loading the groups");
    for (int i = 0; i < rows->size(); ++i)
      found_.groups.push_back(
          {GroupId{rows->integer(i, 0)}, std::string(rows->text(i, 1)), std::string(rows->text(i, 2))});
    return {};
  }

  Result<void> lists() {
    auto rows = database_.run(k_lists, {since_});
    if (!rows) return std::move(rows.error()).while_doing("loading the lists");
    for (int i = 0; i < rows->size(); ++i) {
      StoredList& list = found_.lists.emplace_back();
      list.id = ListId{rows->integer(i, 0)};
      list.name = rows->text(i, 1);
      list.settings = rows->text(i, 2);
      list.declared = rows->boolean(i, 3);
    }
    return {};
  }

  Result<void> members() {
    auto rows = database_.run(k_members, {since_});
    if (!rows) return std::move(rows.error()).while_doing("loading the members of the lists");
    std::unordered_map<std::int64_t, StoredList*> lists;
    for (StoredList& list : found_.lists) lists.emplace(list.id.value, &list);
    for (int i = 0; i < rows->size(); ++i)
      if (const auto list = lists.find(rows->integer(i, 0)); list != lists.end())
        (rows->boolean(i, 2) ? list->second->suspended : list->second->members)
            .emplace_back(rows->text(i, 1));
    return {};
  }

  Result<void> mappings() {
    auto rows = database_.run(k_mappings, {since_});
    if (!rows) return std::move(rows.error()).while_doing("loading the mappings");
    found_.mappings.resize(static_cast<std::size_t>(rows->size()));
    for (int i = 0; i < rows->size(); ++i) {
      Mapping& mapping = found_.mappings[static_cast<std::size_t>(i)];
      mapping.id = rows->integer(i, 0);
      mapping.address = rows->text(i, 1);
      mapping.target = rows->text(i, 2);
      mapping.type = static_cast<MappingType>(rows->integer(i, 3));
      mapping.collector = rows->text(i, 4);
      mapping.comments = rows->text(i, 5);
    }
    return {};
  }

  Result<void> removed() {
    if (since_ == 0) return {};
    auto rows = database_.run(k_removed, {since_});
    if (!rows) return std::move(rows.error()).while_doing("loading what was removed");
    for (int i = 0; i < rows->size(); ++i)
      found_.removed.push_back({static_cast<StoredKind>(rows->integer(i, 0)), rows->integer(i, 1)});
    return {};
  }

  Database& database_;
  std::int64_t since_;
  StoredDirectory found_;
};

}  // namespace

Result<StoredDirectory> DirectoryRepository::load(std::int64_t since) {
  if (auto begun = database_.execute(k_begin); !begun) return std::move(begun.error());
  auto found = Loader(database_, since).run();
  auto ended = database_.execute("COMMIT");
  if (found && !ended) return std::move(ended.error());
  return found;
}

Result<DeclaredNumbers> DirectoryRepository::number_declared(const DeclaredNames& names) {
  auto users = numbers_of<UserTag>(database_, k_user_numbers, names.users);
  if (!users) return std::move(users.error()).while_doing("numbering the declared users");
  auto groups = numbers_of<GroupTag>(database_, k_group_numbers, names.groups);
  if (!groups) return std::move(groups.error()).while_doing("numbering the declared groups");
  auto lists = numbers_of<ListTag>(database_, k_list_numbers, names.lists);
  if (!lists) return std::move(lists.error()).while_doing("numbering the declared lists");
  return DeclaredNumbers{std::move(*users), std::move(*groups), std::move(*lists)};
}

Result<std::vector<MailboxTotals>> DirectoryRepository::mailbox_totals() {
  auto rows = database_.run(k_totals);
  if (!rows) return std::move(rows.error()).while_doing("measuring the mailboxes");
  std::vector<MailboxTotals> totals;
  for (int i = 0; i < rows->size(); ++i)
    totals.push_back(
        {UserId{rows->integer(i, 0)}, rows->integer(i, 1), rows->integer(i, 2), rows->integer(i, 3)});
  return totals;
}

}  // namespace stagecoach::storage
