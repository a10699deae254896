// The changing half of DirectoryRepository.
#include "storage/directory_repository.h"
#include "storage/mailbox_removal.h"

namespace stagecoach::storage {

namespace {

// Versions become visible in their order because only one transaction at a time takes them.
constexpr const char* k_begin = "BEGIN; SELECT pg_advisory_xact_lock(7265478522)";

constexpr Statement k_user_add{
    "user_add",
    "INSERT INTO mail_user (name, password, scram, web_password, settings) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (name) DO UPDATE SET password = $2, scram = $3, web_password = $4, settings = $5,"
    " deleted_at = NULL, declared = false, version = nextval('directory_version')"
    " WHERE mail_user.deleted_at IS NOT NULL RETURNING id"};
constexpr Statement k_user_set{"user_set",
                               "UPDATE mail_user SET settings = $2, version = nextval('directory_version')"
                               " WHERE name = $1 AND NOT declared AND deleted_at IS NULL RETURNING id"};
constexpr Statement k_user_passwords{
    "user_passwords", "UPDATE mail_user SET password = $2, scram = $3, web_password = $4 WHERE id = $1"};
constexpr Statement k_app_passwords_drop{"app_passwords_drop", "DELETE FROM app_password WHERE user_id = $1"};
constexpr Statement k_app_password_add{
    "app_password_add",
    "INSERT INTO app_password (user_id, name, hash, scram, protocols, expires_on)"
    " VALUES ($1, $2, $3, $4, $5, $6)"};
constexpr Statement k_user_remove{
    "user_remove",
    "UPDATE mail_user SET deleted_at = $2, version = nextval('directory_version')"
    " WHERE name = $1 AND NOT declared AND deleted_at IS NULL RETURNING id"};
constexpr Statement k_user_mappings_remove{
    "user_mappings_remove",
    "WITH gone AS (DELETE FROM mapping WHERE lower(target) = $1 RETURNING id)"
    " INSERT INTO directory_removal (kind, entry_id) SELECT 3, id FROM gone"};
constexpr Statement k_memberships_remove{
    "memberships_remove",
    "WITH gone AS (DELETE FROM list_member WHERE lower(address) = ANY ($1::text[]) RETURNING list_id)"
    " UPDATE mail_list SET version = nextval('directory_version') WHERE id IN (SELECT list_id FROM gone)"};

constexpr Statement k_group_add{
    "group_add",
    "INSERT INTO mail_group (name, settings) VALUES ($1, $2) ON CONFLICT (lower(name)) DO UPDATE"
    " SET name = $1, settings = $2, deleted_at = NULL, declared = false, version = "
    "nextval('directory_version')"
    " WHERE mail_group.deleted_at IS NOT NULL RETURNING id"};
constexpr Statement k_group_set{
    "group_set",
    "UPDATE mail_group SET settings = $2, version = nextval('directory_version')"
    " WHERE lower(name) = lower($1) AND NOT declared AND deleted_at IS NULL RETURNING id"};
constexpr Statement k_group_remove{
    "group_remove",
    "WITH gone AS (DELETE FROM mail_group WHERE lower(name) = lower($1) AND NOT declared"
    " AND deleted_at IS NULL RETURNING id)"
    " INSERT INTO directory_removal (kind, entry_id) SELECT 1, id FROM gone RETURNING entry_id"};

constexpr Statement k_list_add{
    "list_add",
    "INSERT INTO mail_list (name, settings) VALUES ($1, $2) ON CONFLICT (lower(name)) DO UPDATE"
    " SET name = $1, settings = $2, deleted_at = NULL, declared = false, version = "
    "nextval('directory_version')"
    " WHERE mail_list.deleted_at IS NOT NULL RETURNING id"};
constexpr Statement k_list_set{
    "list_set",
    "UPDATE mail_list SET settings = $2, version = nextval('directory_version')"
    " WHERE lower(name) = lower($1) AND NOT declared AND deleted_at IS NULL RETURNING id"};
constexpr Statement k_list_touch{
    "list_touch",
    "UPDATE mail_list SET version = nextval('directory_version')"
    " WHERE lower(name) = lower($1) AND declared AND deleted_at IS NULL RETURNING id"};
constexpr Statement k_list_remove{
    "list_remove",
    "WITH gone AS (DELETE FROM mail_list WHERE lower(name) = lower($1) AND NOT declared"
    " AND deleted_at IS NULL RETURNING id)"
    " INSERT INTO directory_removal (kind, entry_id) SELECT 2, id FROM gone RETURNING entry_id"};
constexpr Statement k_members_clear{"members_clear", "DELETE FROM list_member WHERE list_id = $1"};
constexpr Statement k_members_remove{"members_remove",
                                     "DELETE FROM list_member m USING unnest($2::text[]) a WHERE m.list_id = "
                                     "$1 AND lower(m.address) = lower(a)"};
constexpr Statement k_members_add{
    "members_add",
    "INSERT INTO list_member (list_id, address, added_at)"
    " SELECT $1, a, $3 FROM (SELECT DISTINCT ON (lower(a)) a FROM unnest($2::text[]) a) one"
    " ON CONFLICT (list_id, lower(address)) DO UPDATE SET listed = true, suspended = false, bounces = 0"};

constexpr Statement k_mapping_add{"mapping_add",
                                  "INSERT INTO mapping (address, target, type, collector, comments) VALUES "
                                  "($1, $2, $3, $4, $5) RETURNING id"};
constexpr Statement k_mapping_set{
    "mapping_set",
    "UPDATE mapping SET address = $1, target = $2, type = $3, collector = $4, comments = $5,"
    " version = nextval('directory_version') WHERE id = $6 RETURNING id"};
constexpr Statement k_mapping_remove{
    "mapping_remove",
    "WITH gone AS (DELETE FROM mapping WHERE id = $1 RETURNING id)"
    " INSERT INTO directory_removal (kind, entry_id) SELECT 3, id FROM gone RETURNING entry_id"};

constexpr Statement k_upgrade{
    "password_upgrade",
    "UPDATE mail_user SET password = $3, scram = $4, version = nextval('directory_version')"
    " WHERE id = $1 AND password = $2 AND NOT declared AND deleted_at IS NULL"};

std::string name_of(const StoredChange& change) {
  switch (change.kind) {
    case StoredKind::user: return "the user \"" + change.user.name + "\"";
    case StoredKind::group: return "the group \"" + change.group.name + "\"";
    case StoredKind::list: return "the list \"" + change.list.name + "\"";
    case StoredKind::mapping:
      return change.mapping.id ? "the mapping " + std::to_string(change.mapping.id)
                               : "the mapping of " + change.mapping.address;
  }
  return {};
}

using Verb = StoredChange::Verb;

/// Carries out single changes inside of a transaction that somebody else began.
class Changer {
 public:
  Changer(Database& database, std::int64_t now) : database_(database), now_(now) {}

  Result<std::int64_t> apply(const StoredChange& change) {
    switch (change.kind) {
      case StoredKind::user: return user(change);
      case StoredKind::group: return group(change);
      case StoredKind::list: return list(change);
      case StoredKind::mapping: return mapping(change);
    }
    return internal_error("an unknown kind of change");
  }

 private:
  /// Runs what returns the number of the one row it has touched.
  Result<std::int64_t> touch(const StoredChange& change, const Statement& statement, const Params& params) {
    auto rows = database_.run(statement, params);
    if (!rows) return std::move(rows.error());
    if (rows->size() > 0) return rows->integer(0, 0);
    if (change.verb == Verb::add) return conflict(name_of(change) + " exists already");
    return not_found("the database does not have " + name_of(change));
  }
  Result<void> run(const Statement& statement, const Params& params) {
    auto rows = database_.run(statement, params);
    if (!rows) return std::move(rows.error());
    return {};
  }

  Result<std::int64_t> user(const StoredChange& change) {
    const StoredUser& user = change.user;
    const Credentials& secret = user.credentials;
    if (change.verb == Verb::remove) return remove_user(change);
    auto id = change.verb == Verb::add
                  ? touch(change, k_user_add,
                          {user.name, secret.password, secret.scram, secret.web_password, user.settings})
                  : touch(change, k_user_set, {user.name, user.settings});
    if (!id || (change.verb == Verb::set && !change.credentials)) return id;
    if (change.verb == Verb::set)
      if (auto done = run(k_user_passwords, {*id, secret.password, secret.scram, secret.web_password}); !done)
        return std::move(done.error());
    if (auto done = run(k_app_passwords_drop, {*id}); !done) return std::move(done.error());
    for (const AppPassword& one : secret.app_passwords)
      if (auto done = run(k_app_password_add, {*id, one.name, one.hash, one.scram,
                                               static_cast<int>(one.protocols), one.expires_on});
          !done)
        return std::move(done.error());
    return id;
  }

  Result<std::int64_t> remove_user(const StoredChange& change) {
    auto id = touch(change, k_user_remove, {change.user.name, now_});
    if (!id) return id;
    std::vector<std::string> addresses{change.user.name};
    addresses.insert(addresses.end(), change.members_removed.begin(), change.members_removed.end());
    for (const auto& [statement, params] :
         {std::pair<const Statement*, Params>{&k_user_mappings_remove, {change.user.name}},
          {&k_memberships_remove, {Param(addresses)}},
          {&k_app_passwords_drop, {*id}}})
      if (auto done = run(*statement, params); !done) return std::move(done.error());
    if (auto done = remove_mailbox(database_, UserId{*id}); !done) return std::move(done.error());
    return id;
  }

  Result<std::int64_t> group(const StoredChange& change) {
    if (change.verb == Verb::remove) return touch(change, k_group_remove, {change.group.name});
    return touch(change, change.verb == Verb::add ? k_group_add : k_group_set,
                 {change.group.name, change.group.settings});
  }

  Result<std::int64_t> list(const StoredChange& change) {
    const StoredList& list = change.list;
    if (change.verb == Verb::remove) return touch(change, k_list_remove, {list.name});
    auto id = change.verb == Verb::add ? touch(change, k_list_add, {list.name, list.settings})
              : list.declared          ? touch(change, k_list_touch, {list.name})
                                       : touch(change, k_list_set, {list.name, list.settings});
    if (!id) return id;
    if (auto done = members(*id, change); !done) return std::move(done.error());
    return id;
  }

  Result<void> members(std::int64_t id, const StoredChange& change) {
    const bool is_new = change.verb == Verb::add;
    if (is_new || change.replace_members)
      if (auto done = run(k_members_clear, {id}); !done) return done;
    if (!change.members_removed.empty())
      if (auto done = run(k_members_remove, {id, Param(change.members_removed)}); !done) return done;
    const Members& added = is_new ? change.list.members : change.members_added;
    if (added.empty()) return {};
    return run(k_members_add, {id, Param(added), now_});
  }

  Result<std::int64_t> mapping(const StoredChange& change) {
    const Mapping& one = change.mapping;
    if (change.verb == Verb::remove) return touch(change, k_mapping_remove, {one.id});
    Params params{one.address, one.target, static_cast<int>(one.type), one.collector, one.comments};
    if (change.verb == Verb::add) return touch(change, k_mapping_add, params);
    params.emplace_back(one.id);
    return touch(change, k_mapping_set, params);
  }

  Database& database_;
  std::int64_t now_;
};

}  // namespace

Result<std::vector<std::int64_t>> DirectoryRepository::apply(const std::vector<StoredChange>& changes,
                                                             std::int64_t now_microseconds) {
  if (auto begun = database_.execute(k_begin); !begun) return std::move(begun.error());
  Changer changer(database_, now_microseconds);
  std::vector<std::int64_t> numbers;
  for (const StoredChange& change : changes) {
    auto number = changer.apply(change);
    if (!number) {
      (void)database_.execute("ROLLBACK");
      return std::move(number.error()).while_doing("changing " + name_of(change));
    }
    numbers.push_back(*number);
  }
  if (auto ended = database_.execute("COMMIT"); !ended)
    return std::move(ended.error()).while_doing("committing changes of the directory");
  return numbers;
}

Result<UserId> DirectoryRepository::add(const StoredUser& user) {
  StoredChange change;
  change.user = user;
  auto numbers = apply({change}, 0);
  if (!numbers) return std::move(numbers.error());
  return UserId{numbers->front()};
}

Result<bool> DirectoryRepository::upgrade_password(UserId user, const std::string& before,
                                                   const std::string& password, const std::string& scram) {
  if (auto begun = database_.execute(k_begin); !begun) return std::move(begun.error());
  auto rows = database_.run(k_upgrade, {user.value, before, password, scram});
  auto ended = database_.execute(rows ? "COMMIT" : "ROLLBACK");
  if (!rows) return std::move(rows.error()).while_doing("upgrading a password");
  if (!ended) return std::move(ended.error());
  return rows->affected() > 0;
}

}  // namespace stagecoach::storage
