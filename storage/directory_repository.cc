#include "storage/directory_repository.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_users{
    "users",
    "SELECT id, name, password, scram, full_name, administrator, enabled, aliases FROM mail_user"
    " WHERE NOT declared AND deleted_at IS NULL ORDER BY name"};
constexpr Statement k_mappings{
    "mappings", "SELECT id, address, target, type, collector, comments FROM mapping ORDER BY id"};
constexpr Statement k_undeclare{"users_undeclare",
                                "UPDATE mail_user SET declared = false, enabled = false, deleted_at = 0"
                                " WHERE declared AND name <> ALL ($1::text[])"};
constexpr Statement k_declare{
    "users_declare",
    "INSERT INTO mail_user (name, declared) SELECT n, true FROM unnest($1::text[]) n"
    " ON CONFLICT (name) DO UPDATE SET declared = true, enabled = true, deleted_at = NULL"
    " WHERE NOT mail_user.declared OR mail_user.deleted_at IS NOT NULL"};
constexpr Statement k_numbers{
    "users_numbers",
    "SELECT u.id FROM unnest($1::text[]) WITH ORDINALITY AS n (name, ord) JOIN mail_user u USING (name)"
    " ORDER BY n.ord"};
constexpr Statement k_add{
    "user_add",
    "INSERT INTO mail_user (name, password, scram, full_name, administrator, enabled, aliases)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (name) DO UPDATE SET password = $2, scram = $3,"
    " full_name = $4, administrator = $5, enabled = $6, aliases = $7, deleted_at = NULL, declared = false"
    " WHERE mail_user.deleted_at IS NOT NULL RETURNING id"};
constexpr Statement k_set{
    "user_set",
    "UPDATE mail_user SET password = $2, scram = $3, full_name = $4, administrator = $5, enabled = $6,"
    " aliases = $7 WHERE name = $1 AND NOT declared AND deleted_at IS NULL"};
constexpr Statement k_remove{
    "user_remove",
    "UPDATE mail_user SET deleted_at = $2, enabled = false WHERE name = $1 AND NOT declared"
    " AND deleted_at IS NULL"};
constexpr Statement k_remove_mappings{"user_mappings_remove", "DELETE FROM mapping WHERE lower(target) = $1"};

Params params_of(const User& user) {
  return {user.name,          user.password, user.scram,         user.full_name,
          user.administrator, user.enabled,  Param(user.aliases)};
}

}  // namespace

Result<std::vector<User>> DirectoryRepository::users() {
  auto rows = database_.run(k_users);
  if (!rows) return std::move(rows.error()).while_doing("loading the users");
  std::vector<User> users(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) {
    User& user = users[static_cast<std::size_t>(i)];
    user.id = UserId{rows->integer(i, 0)};
    user.name = rows->text(i, 1);
    user.password = rows->text(i, 2);
    user.scram = rows->text(i, 3);
    user.full_name = rows->text(i, 4);
    user.administrator = rows->boolean(i, 5);
    user.enabled = rows->boolean(i, 6);
    user.aliases = rows->texts(i, 7);
  }
  return users;
}

Result<std::vector<Mapping>> DirectoryRepository::mappings() {
  auto rows = database_.run(k_mappings);
  if (!rows) return std::move(rows.error()).while_doing("loading the mappings");
  std::vector<Mapping> mappings;
  for (int i = 0; i < rows->size(); ++i) {
    Mapping mapping;
    mapping.id = rows->integer(i, 0);
    mapping.address = rows->text(i, 1);
    mapping.target = rows->text(i, 2);
    mapping.type = static_cast<MappingType>(rows->integer(i, 3));
    mapping.collector = rows->text(i, 4);
    mapping.comments = rows->text(i, 5);
    mappings.push_back(std::move(mapping));
  }
  return mappings;
}

Result<std::vector<UserId>> DirectoryRepository::number_declared(const std::vector<std::string>& names) {
  auto done = database_.transact({{&k_undeclare, {Param(names)}}, {&k_declare, {Param(names)}}});
  if (!done) return std::move(done.error()).while_doing("registering the declared users");
  auto rows = database_.run(k_numbers, {Param(names)});
  if (!rows) return std::move(rows.error()).while_doing("numbering the declared users");
  if (static_cast<std::size_t>(rows->size()) != names.size())
    return internal_error("a declared user has no number");
  std::vector<UserId> numbers;
  for (int i = 0; i < rows->size(); ++i) numbers.push_back(UserId{rows->integer(i, 0)});
  return numbers;
}

Result<UserId> DirectoryRepository::add(const User& user) {
  auto rows = database_.run(k_add, params_of(user));
  if (!rows) return std::move(rows.error()).while_doing("adding the user " + user.name);
  if (rows->size() == 0) return conflict("the user \"" + user.name + "\" exists already");
  return UserId{rows->integer(0, 0)};
}

Result<void> DirectoryRepository::set(const User& user) {
  auto rows = database_.run(k_set, params_of(user));
  if (!rows) return std::move(rows.error()).while_doing("changing the user " + user.name);
  if (rows->affected() == 0) return not_found("the database has no user \"" + user.name + "\"");
  return {};
}

Result<void> DirectoryRepository::remove(const std::string& name, std::int64_t now_microseconds) {
  auto rows = database_.run(k_remove, {name, now_microseconds});
  if (!rows) return std::move(rows.error()).while_doing("deleting the user " + name);
  if (rows->affected() == 0) return not_found("the database has no user \"" + name + "\"");
  auto mappings = database_.run(k_remove_mappings, {name});
  if (!mappings) return std::move(mappings.error()).while_doing("deleting the mappings to " + name);
  return {};
}

}  // namespace stagecoach::storage
