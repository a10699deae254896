#include "storage/collector_repository.h"

namespace stagecoach::storage {

namespace {
constexpr Statement k_seen{"collector_seen",
                           "SELECT uid, digest, first_seen, last_seen, state, settled, get_wanted,"
                           " delete_wanted, size_bytes FROM collector_seen WHERE collector = $1"};
// Messages with the same UID and different sizes have none.
constexpr Statement k_refresh{
    "collector_refresh",
    "INSERT INTO collector_seen AS s (collector, uid, first_seen, last_seen, settled, size_bytes)"
    " SELECT $1, uid, $3, $3, $3, CASE WHEN min(size) = max(size) THEN min(size) ELSE 0 END"
    " FROM (SELECT uid, coalesce(size, 0) AS size FROM unnest($2::text[], $4::bigint[]) AS l (uid, size)) u"
    " WHERE uid <> '' GROUP BY uid"
    " ON CONFLICT (collector, uid) DO UPDATE SET last_seen = $3,"
    " size_bytes = CASE WHEN excluded.size_bytes > 0 THEN excluded.size_bytes ELSE s.size_bytes END"};
constexpr Statement k_expire{"collector_expire",
                             "DELETE FROM collector_seen WHERE collector = $1 AND last_seen < $2"};
constexpr Statement k_retire{
    "collector_retire",
    "WITH gone AS (DELETE FROM collector_seen WHERE collector = $1 AND uid = ANY ($2::text[])"
    "   AND NOT starts_with(uid, 'sha256:') AND ($3::boolean OR digest <> '')"
    "   RETURNING digest, first_seen, last_seen)"
    " INSERT INTO collector_seen (collector, uid, digest, first_seen, last_seen, settled, state)"
    " SELECT $1, 'sha256:' || digest, digest, min(first_seen), max(last_seen), max(last_seen), 'fetched'"
    " FROM gone WHERE digest <> ''"
    " GROUP BY digest ON CONFLICT (collector, uid) DO UPDATE SET"
    " first_seen = least(collector_seen.first_seen, excluded.first_seen),"
    " last_seen = greatest(collector_seen.last_seen, excluded.last_seen)"};
// A UID that the last listing did not have is gone, although it is remembered.
constexpr const char* k_on_server_rows =
    " collector = $1 AND NOT starts_with(uid, 'sha256:')"
    " AND last_seen >= coalesce((SELECT listed_at FROM collector_result WHERE collector = $1), 0)";
const std::string k_on_server_text =
    "SELECT uid, subject, sender, recipients, state, message_date, settled, last_seen, get_wanted,"
    " delete_wanted FROM collector_seen WHERE" +
    std::string(k_on_server_rows) + " ORDER BY first_seen, uid LIMIT $2";
const std::string k_wish_text =
    "UPDATE collector_seen SET"
    " get_wanted = CASE WHEN $3::boolean THEN $4::boolean ELSE get_wanted AND NOT $4::boolean END,"
    " delete_wanted = CASE WHEN $3::boolean THEN delete_wanted AND NOT $4::boolean ELSE $4::boolean END"
    " WHERE" +
    std::string(k_on_server_rows) + " AND ($5::boolean OR uid = ANY ($2::text[])) RETURNING uid";
const Statement k_on_server{"collector_on_server", k_on_server_text.c_str()};
const Statement k_wish{"collector_wish", k_wish_text.c_str()};
constexpr Statement k_note_result{
    "collector_note_result",
    "INSERT INTO collector_result AS r (collector, at, listed_at, ok, result, fetched, deleted, kept, failed,"
    " duplicates) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    " ON CONFLICT (collector) DO UPDATE SET at = $2,"
    " listed_at = CASE WHEN $3::bigint > 0 THEN $3 ELSE r.listed_at END, ok = $4, result = $5, fetched = $6,"
    " deleted = $7, kept = $8, failed = $9, duplicates = $10"};
constexpr Statement k_results{"collector_results",
                              "SELECT collector, at, listed_at, ok, result, fetched, deleted, kept, failed,"
                              " duplicates FROM collector_result ORDER BY collector"};
}  // namespace

Result<std::unordered_map<std::string, SeenMessage>> CollectorRepository::seen(const std::string& collector) {
  auto rows = database_.run(k_seen, {collector});
  if (!rows) return std::move(rows.error()).while_doing("loading what " + collector + " has seen");
  std::unordered_map<std::string, SeenMessage> seen;
  for (int i = 0; i < rows->size(); ++i)
    seen.emplace(rows->text(i, 0),
                 SeenMessage{std::string(rows->text(i, 1)), rows->integer(i, 2), rows->integer(i, 3),
                             std::string(rows->text(i, 4)), rows->integer(i, 5), rows->boolean(i, 6),
                             rows->boolean(i, 7), rows->integer(i, 8)});
  return seen;
}

Result<void> CollectorRepository::refresh(const std::string& collector, const RemoteListing& listing,
                                          std::int64_t now, std::int64_t forget_before) {
  const Database::Command refresh{&k_refresh, {collector, Param(listing.uids), now, Param(listing.sizes)}};
  std::vector<Database::Command> commands{refresh};
  if (!listing.replaced.empty()) {
    // Their digests have been seen now, so that they outlive the visit; then the UIDs are new ones.
    commands.push_back({&k_retire, {collector, Param(listing.replaced), true}});
    commands.push_back(refresh);
  }
  commands.push_back({&k_expire, {collector, forget_before}});
  auto done = database_.transact(commands);
  if (!done) return std::move(done.error()).while_doing("noting what " + collector + " sees");
  return {};
}

Result<void> CollectorRepository::retire(const std::string& collector, const std::vector<std::string>& uids,
                                         Retire which) {
  auto done = database_.run(k_retire, {collector, Param(uids), which == Retire::all});
  if (!done) return std::move(done.error()).while_doing("retiring messages of " + collector);
  return {};
}

Result<std::vector<RemoteRow>> CollectorRepository::on_server(const std::string& collector,
                                                              std::int64_t rows_max) {
  auto rows = database_.run(k_on_server, {collector, rows_max});
  if (!rows) return std::move(rows.error()).while_doing("listing the remote messages of " + collector);
  std::vector<RemoteRow> messages;
  for (int i = 0; i < rows->size(); ++i) {
    const auto text = [&](int column) { return std::string(rows->text(i, column)); };
    messages.push_back({text(0), text(1), text(2), text(3), text(4), rows->integer(i, 5), rows->integer(i, 6),
                        rows->integer(i, 7), rows->boolean(i, 8), rows->boolean(i, 9)});
  }
  return messages;
}

Result<std::int64_t> CollectorRepository::wish(const std::string& collector,
                                               const std::vector<std::string>& uids, Wish wish, bool on) {
  auto rows = database_.run(k_wish, {collector, Param(uids), wish == Wish::get, on, uids.empty()});
  if (!rows) return std::move(rows.error()).while_doing("marking remote messages of " + collector);
  return rows->size();
}

Result<void> CollectorRepository::note_result(const CollectorResult& result) {
  auto done = database_.run(
      k_note_result, {result.collector, result.at, result.listed_at, result.ok, result.result, result.fetched,
                      result.deleted, result.kept, result.failed, result.duplicates});
  if (!done) return std::move(done.error()).while_doing("noting the result of " + result.collector);
  return {};
}

Result<std::vector<CollectorResult>> CollectorRepository::results() {
  auto rows = database_.run(k_results);
  if (!rows) return std::move(rows.error()).while_doing("loading the results of the collectors");
  std::vector<CollectorResult> results;
  for (int i = 0; i < rows->size(); ++i)
    results.push_back({std::string(rows->text(i, 0)), rows->integer(i, 1), rows->integer(i, 2),
                       rows->boolean(i, 3), std::string(rows->text(i, 4)), rows->integer(i, 5),
                       rows->integer(i, 6), rows->integer(i, 7), rows->integer(i, 8), rows->integer(i, 9)});
  return results;
}

}  // namespace stagecoach::storage
