#include "storage/collector_repository.h"

namespace stagecoach::storage {

namespace {
constexpr Statement k_seen{
    "collector_seen", "SELECT uid, digest, first_seen, last_seen FROM collector_seen WHERE collector = $1"};
constexpr Statement k_refresh{
    "collector_refresh",
    "UPDATE collector_seen SET last_seen = $3 WHERE collector = $1 AND uid = ANY ($2::text[])"};
constexpr Statement k_expire{"collector_expire",
                             "DELETE FROM collector_seen WHERE collector = $1 AND last_seen < $2"};
constexpr Statement k_retire{
    "collector_retire",
    "WITH gone AS (DELETE FROM collector_seen WHERE collector = $1 AND uid = ANY ($2::text[])"
    "   AND NOT starts_with(uid, 'sha256:') RETURNING digest, first_seen, last_seen)"
    " INSERT INTO collector_seen (collector, uid, digest, first_seen, last_seen)"
    " SELECT $1, 'sha256:' || digest, digest, min(first_seen), max(last_seen) FROM gone WHERE digest <> ''"
    " GROUP BY digest ON CONFLICT (collector, uid) DO UPDATE SET"
    " first_seen = least(collector_seen.first_seen, excluded.first_seen),"
    " last_seen = greatest(collector_seen.last_seen, excluded.last_seen)"};
}  // namespace

Result<std::unordered_map<std::string, SeenMessage>> CollectorRepository::seen(const std::string& collector) {
  auto rows = database_.run(k_seen, {collector});
  if (!rows) return std::move(rows.error()).while_doing("loading what " + collector + " has seen");
  std::unordered_map<std::string, SeenMessage> seen;
  for (int i = 0; i < rows->size(); ++i)
    seen.emplace(rows->text(i, 0),
                 SeenMessage{std::string(rows->text(i, 1)), rows->integer(i, 2), rows->integer(i, 3)});
  return seen;
}

Result<void> CollectorRepository::refresh(const std::string& collector, const std::vector<std::string>& uids,
                                          std::int64_t now, std::int64_t forget_before) {
  auto done = database_.transact(
      {{&k_refresh, {collector, Param(uids), now}}, {&k_expire, {collector, forget_before}}});
  if (!done) return std::move(done.error()).while_doing("noting what " + collector + " sees");
  return {};
}

Result<void> CollectorRepository::retire(const std::string& collector, const std::vector<std::string>& uids) {
  auto done = database_.run(k_retire, {collector, Param(uids)});
  if (!done) return std::move(done.error()).while_doing("retiring messages of " + collector);
  return {};
}

}  // namespace stagecoach::storage
