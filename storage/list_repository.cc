#include "storage/list_repository.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_members{"list_members",
                              "SELECT address, added_at, bounces, suspended, listed FROM list_member"
                              " WHERE list_id = $1 ORDER BY lower(address)"};
// A declared member has no row until he bounces. $3 of 0 never suspends.
constexpr Statement k_bounce{
    "list_member_bounce",
    "INSERT INTO list_member AS m (list_id, address, listed, bounces, suspended)"
    " VALUES ($1, $2, false, 1, $3 = 1) ON CONFLICT (list_id, lower(address)) DO UPDATE"
    " SET bounces = m.bounces + 1, suspended = m.suspended OR ($3 > 0 AND m.bounces + 1 >= $3)"
    " RETURNING bounces = $3 AND suspended"};
constexpr Statement k_forgive{
    "list_member_forgive",
    "UPDATE list_member SET bounces = 0, suspended = false WHERE list_id = $1 AND lower(address) = lower($2)"
    " AND (bounces > 0 OR suspended)"};
constexpr Statement k_touch{"list_changed",
                            "UPDATE mail_list SET version = nextval('directory_version') WHERE id = $1"};
constexpr Statement k_pending_drop{
    "list_pending_drop",
    "DELETE FROM list_pending WHERE list_id = $1 AND lower(address) = lower($2) AND kind = $3"};
constexpr Statement k_pending_add{
    "list_pending_add",
    "INSERT INTO list_pending (token, list_id, address, kind, at) VALUES ($1, $2, $3, $4, $5)"};
constexpr Statement k_pending_take{
    "list_pending_take", "DELETE FROM list_pending WHERE token = $1 RETURNING list_id, address, kind, at"};
constexpr Statement k_pending_forget{"list_pending_forget", "DELETE FROM list_pending WHERE at < $1"};

constexpr const char* k_begin = "BEGIN; SELECT pg_advisory_xact_lock(7265478522)";

}  // namespace

Result<std::vector<ListMember>> ListRepository::members(ListId list) {
  auto rows = database_.run(k_members, {list.value});
  if (!rows) return std::move(rows.error()).while_doing("reading the members of a list");
  std::vector<ListMember> members;
  for (int i = 0; i < rows->size(); ++i)
    members.push_back({std::string(rows->text(i, 0)), rows->integer(i, 1), rows->integer(i, 2),
                       rows->boolean(i, 3), rows->boolean(i, 4)});
  return members;
}

Result<bool> ListRepository::count_bounce(ListId list, const std::string& address, std::int64_t bounces_max) {
  if (auto begun = database_.execute(k_begin); !begun) return std::move(begun.error());
  auto rows = database_.run(k_bounce, {list.value, address, bounces_max});
  const bool suspended = rows && rows->size() > 0 && rows->boolean(0, 0);
  if (suspended) rows = database_.run(k_touch, {list.value});
  auto ended = database_.execute(rows ? "COMMIT" : "ROLLBACK");
  if (!rows) return std::move(rows.error()).while_doing("counting a bounce of " + address);
  if (!ended) return std::move(ended.error());
  return suspended;
}

Result<void> ListRepository::forgive(ListId list, const std::string& address) {
  if (auto begun = database_.execute(k_begin); !begun) return begun;
  auto rows = database_.run(k_forgive, {list.value, address});
  if (rows && rows->affected() > 0) rows = database_.run(k_touch, {list.value});
  auto ended = database_.execute(rows ? "COMMIT" : "ROLLBACK");
  if (!rows) return std::move(rows.error()).while_doing("lifting the suspension of " + address);
  return ended;
}

Result<void> ListRepository::add_pending(const PendingSubscription& pending) {
  const auto kind = static_cast<int>(pending.kind);
  auto done = database_.transact(
      {{&k_pending_drop, {pending.list.value, pending.address, kind}},
       {&k_pending_add, {pending.token, pending.list.value, pending.address, kind, pending.at}}});
  if (!done) return std::move(done.error()).while_doing("keeping the request of " + pending.address);
  return {};
}

Result<std::optional<PendingSubscription>> ListRepository::take_pending(const std::string& token) {
  auto rows = database_.run(k_pending_take, {token});
  if (!rows) return std::move(rows.error()).while_doing("looking for a request");
  if (rows->size() == 0) return std::optional<PendingSubscription>{};
  return std::optional<PendingSubscription>{
      {token, ListId{rows->integer(0, 0)}, std::string(rows->text(0, 1)),
       static_cast<PendingKind>(rows->integer(0, 2)), rows->integer(0, 3)}};
}

Result<std::int64_t> ListRepository::forget_pending(std::int64_t before) {
  auto rows = database_.run(k_pending_forget, {before});
  if (!rows) return std::move(rows.error()).while_doing("forgetting old requests");
  return rows->affected();
}

}  // namespace stagecoach::storage
