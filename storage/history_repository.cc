#include "storage/history_repository.h"

namespace stagecoach::storage {

namespace {

constexpr std::int64_t k_two_days = 2 * 24 * 3600 * 1'000'000LL;  // no session that counts lasts longer

constexpr Statement k_state{"history_state",
                            "SELECT version, moved_until, kept_since, summarised FROM history_state"};
constexpr Statement k_beginning{"history_beginning", "SELECT coalesce(min(at) - 1, $1::bigint) FROM trace"};
// The envelope is looked up for the rows that are given, not for all that are read to find them.
constexpr Statement k_next{
    "history_next",
    "WITH t AS MATERIALIZED (SELECT id, at, event, session, reverse_path, recipients, message_id, size_bytes,"
    "   detail FROM trace WHERE at > $1 AND at <= $2"
    "   AND event IN ('accepted', 'delivered', 'failed', 'bounced', 'deleted')"
    "   ORDER BY at FETCH FIRST $3 ROWS WITH TIES)"
    " SELECT t.*, substring(c.envelope FROM 1 FOR 4000) FROM t LEFT JOIN content c ON c.id = t.id"
    "   AND t.event = 'accepted' ORDER BY t.at, t.id"};
// EXCEPT sorts or hashes both sides. An anti-join might compare each row of one with each of the other: the
// planner knows little of rows that are so new.
constexpr Statement k_missed{
    "history_missed",
    "WITH m AS MATERIALIZED (SELECT at, id FROM (SELECT at, id FROM trace WHERE at > $1 AND at <= $2"
    "     AND event IN ('accepted', 'delivered', 'failed', 'bounced', 'deleted')"
    "     EXCEPT SELECT at, message FROM history_messages WHERE at > $1 AND at <= $2) e"
    "   ORDER BY at FETCH FIRST $3 ROWS WITH TIES)"
    " SELECT t.id, t.at, event, session, reverse_path, recipients, message_id, t.size_bytes, detail,"
    "   substring(c.envelope FROM 1 FOR 4000) FROM m JOIN trace t ON t.id = m.id AND t.at = m.at AND t.at > "
    "$1"
    "   AND t.at <= $2 AND event IN ('accepted', 'delivered', 'failed', 'bounced', 'deleted')"
    " LEFT JOIN content c ON c.id = t.id AND t.event = 'accepted' ORDER BY t.at, t.id"};
// The update takes the lock first: who comes second finds another version, and inserts nothing.
constexpr Statement k_move{
    "history_move",
    "WITH s AS (UPDATE history_state SET version = version + 1, moved_until = $2 WHERE version = $1"
    "   RETURNING version),"
    " i AS (INSERT INTO history_messages (at, message, code, user_name, sender, recipient, subject, service,"
    "   size_bytes) SELECT n.* FROM s, unnest($3::bigint[], $4::bigint[], $5::smallint[], $6::text[],"
    "   $7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[]) AS n)"
    " SELECT version FROM s"};
constexpr Statement k_pass_over{
    "history_pass_over", "UPDATE history_state SET version = version + 1, moved_until = $1, kept_since = $1"};
constexpr Statement k_waiting{
    "history_waiting",
    "SELECT count(*) FROM (SELECT FROM trace WHERE at > $1"
    "   AND event IN ('accepted', 'delivered', 'failed', 'bounced', 'deleted') LIMIT $2) t"};
constexpr Statement k_add_sessions{
    "history_sessions_insert",
    "INSERT INTO history_sessions (at, service, user_name, address, seconds, messages, size_bytes, reason)"
    " SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],"
    " $7::bigint[], $8::text[])"};
constexpr Statement k_prune_messages{
    "history_prune_messages",
    "DELETE FROM history_messages WHERE ctid = ANY (ARRAY(SELECT ctid FROM history_messages WHERE at < $1"
    " LIMIT $2))"};
constexpr Statement k_prune_sessions{
    "history_prune_sessions",
    "DELETE FROM history_sessions WHERE ctid = ANY (ARRAY(SELECT ctid FROM history_sessions WHERE at < $1"
    " LIMIT $2))"};
// Online time (code 9) is that of users and of connections; visits of collectors are part of a run.
constexpr Statement k_totals{
    "history_totals",
    "SELECT code::bigint, user_name, count(*), sum(size_bytes)::bigint FROM history_messages"
    " WHERE at >= $1 AND at < $2 GROUP BY code, user_name"
    " UNION ALL SELECT 9, user_name, count(*), sum(seconds)::bigint FROM history_sessions"
    " WHERE at >= $1 AND at < $2 AND (user_name <> '' OR service LIKE 'connection %')"
    " GROUP BY user_name"};
constexpr Statement k_records{
    "history_records",
    "SELECT at, code::bigint, size_bytes, CASE WHEN code = 11 THEN recipient"
    "   WHEN code = 5 AND user_name = '' THEN sender ELSE user_name END FROM history_messages"
    " WHERE at >= $1 AND at < $2 AND code <= 11"
    " UNION ALL SELECT at, 9, seconds, user_name FROM history_sessions"
    " WHERE at >= $1 AND at < $2 AND (user_name <> '' OR service LIKE 'connection %')"
    " ORDER BY 1, 2"};
constexpr Statement k_users_seen{"history_users_seen",
                                 "SELECT DISTINCT user_name FROM history_sessions WHERE at >= $1 AND at < $3"
                                 " AND at - seconds * 1000000 < $2 AND user_name <> ''"};
constexpr Statement k_summarised{"history_summarised",
                                 "UPDATE history_state SET summarised = $1 WHERE summarised < $1"};
constexpr Statement k_has_made{"history_has_made",
                               "SELECT EXISTS (SELECT FROM trace WHERE at >= $1 AND event = 'accepted'"
                               " AND strpos(detail, $2::text) > 0)"};

/// One member of all rows, as an array.
template <class Row, class Get>
auto column(const std::vector<Row>& rows, Get get) {
  std::vector<std::decay_t<decltype(get(rows.front()))>> values;
  values.reserve(rows.size());
  for (const Row& row : rows) values.push_back(get(row));
  return values;
}

Result<std::vector<UnmovedTrace>> entries_of(Result<Rows> rows) {
  if (!rows) return std::move(rows.error()).while_doing("reading the trace for the history");
  std::vector<UnmovedTrace> entries(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) {
    UnmovedTrace& entry = entries[static_cast<std::size_t>(i)];
    entry.trace.id = MessageId{rows->integer(i, 0)};
    entry.trace.at = rows->integer(i, 1);
    entry.trace.event = rows->text(i, 2);
    entry.trace.session = rows->text(i, 3);
    entry.trace.reverse_path = rows->text(i, 4);
    entry.trace.recipients = rows->texts(i, 5);
    entry.trace.message_id = rows->text(i, 6);
    entry.trace.size_bytes = rows->integer(i, 7);
    entry.trace.detail = rows->text(i, 8);
    if (!rows->is_null(i, 9)) entry.envelope = rows->bytes(i, 9);
  }
  return entries;
}

Result<void> done(Result<Rows> rows, const char* doing) {
  if (!rows) return std::move(rows.error()).while_doing(doing);
  return {};
}

}  // namespace

Result<HistoryState> HistoryRepository::state() {
  auto rows = database_.run(k_state);
  if (!rows) return std::move(rows.error()).while_doing("reading how far the history is");
  if (rows->size() == 0) return internal_error("the table history_state is empty");
  return HistoryState{rows->integer(0, 0), rows->integer(0, 1), rows->integer(0, 2),
                      std::string(rows->text(0, 3))};
}

Result<std::int64_t> HistoryRepository::beginning(std::int64_t now) {
  auto rows = database_.run(k_beginning, {now});
  if (!rows) return std::move(rows.error()).while_doing("looking for the first row of the trace");
  return rows->integer(0, 0);
}

Result<std::vector<UnmovedTrace>> HistoryRepository::next(std::int64_t after, std::int64_t until,
                                                          std::int64_t rows_max) {
  return entries_of(database_.run(k_next, {after, until, rows_max}));
}
Result<std::vector<UnmovedTrace>> HistoryRepository::missed(std::int64_t after, std::int64_t until,
                                                            std::int64_t rows_max) {
  return entries_of(database_.run(k_missed, {after, until, rows_max}));
}

Result<bool> HistoryRepository::move(std::int64_t version, std::int64_t until,
                                     const std::vector<HistoryMessage>& rows) {
  using Row = HistoryMessage;
  const auto codes = column(rows, [](const Row& row) { return static_cast<std::int64_t>(row.code); });
  auto moved =
      database_.run(k_move, {version, until, Param(column(rows, [](const Row& row) { return row.at; })),
                             Param(column(rows, [](const Row& row) { return row.message.value; })),
                             Param(codes), Param(column(rows, [](const Row& row) { return row.user; })),
                             Param(column(rows, [](const Row& row) { return row.sender; })),
                             Param(column(rows, [](const Row& row) { return row.recipient; })),
                             Param(column(rows, [](const Row& row) { return row.subject; })),
                             Param(column(rows, [](const Row& row) { return row.service; })),
                             Param(column(rows, [](const Row& row) { return row.size_bytes; }))});
  if (!moved) return std::move(moved.error()).while_doing("writing the history");
  return moved->size() == 1;
}

Result<void> HistoryRepository::pass_over(std::int64_t now) {
  return done(database_.run(k_pass_over, {now}), "passing over the trace");
}

Result<std::int64_t> HistoryRepository::waiting(std::int64_t after, std::int64_t rows_max) {
  auto rows = database_.run(k_waiting, {after, rows_max});
  if (!rows) return std::move(rows.error()).while_doing("counting what waits for the history");
  return rows->integer(0, 0);
}

Result<void> HistoryRepository::add_sessions(const std::vector<HistorySession>& sessions) {
  if (sessions.empty()) return {};
  using Row = HistorySession;
  return done(
      database_.run(k_add_sessions, {Param(column(sessions, [](const Row& row) { return row.at; })),
                                     Param(column(sessions, [](const Row& row) { return row.service; })),
                                     Param(column(sessions, [](const Row& row) { return row.user; })),
                                     Param(column(sessions, [](const Row& row) { return row.address; })),
                                     Param(column(sessions, [](const Row& row) { return row.seconds; })),
                                     Param(column(sessions, [](const Row& row) { return row.messages; })),
                                     Param(column(sessions, [](const Row& row) { return row.size_bytes; })),
                                     Param(column(sessions, [](const Row& row) { return row.reason; }))}),
      "writing sessions into the history");
}

Result<std::int64_t> HistoryRepository::prune(std::int64_t before, std::int64_t rows_max) {
  std::int64_t removed = 0;
  for (const Statement* statement : {&k_prune_messages, &k_prune_sessions}) {
    auto rows = database_.run(*statement, {before, rows_max});
    if (!rows) return std::move(rows.error()).while_doing("removing old history");
    removed += rows->affected();
  }
  return removed;
}

Result<std::vector<HistoryTotal>> HistoryRepository::totals(std::int64_t begin, std::int64_t end) {
  auto rows = database_.run(k_totals, {begin, end});
  if (!rows) return std::move(rows.error()).while_doing("adding up a day");
  std::vector<HistoryTotal> totals;
  for (int i = 0; i < rows->size(); ++i)
    totals.push_back({static_cast<int>(rows->integer(i, 0)), std::string(rows->text(i, 1)),
                      rows->integer(i, 2), rows->integer(i, 3)});
  return totals;
}

Result<std::vector<HistoryRecord>> HistoryRepository::records(std::int64_t begin, std::int64_t end) {
  auto rows = database_.run(k_records, {begin, end});
  if (!rows) return std::move(rows.error()).while_doing("reading the records of a day");
  std::vector<HistoryRecord> records;
  for (int i = 0; i < rows->size(); ++i)
    records.push_back({rows->integer(i, 0), static_cast<int>(rows->integer(i, 1)), rows->integer(i, 2),
                       std::string(rows->text(i, 3))});
  return records;
}

Result<std::vector<std::string>> HistoryRepository::users_seen(std::int64_t begin, std::int64_t end) {
  auto rows = database_.run(k_users_seen, {begin, end, end + k_two_days});
  if (!rows) return std::move(rows.error()).while_doing("looking for the users of a day");
  std::vector<std::string> users;
  for (int i = 0; i < rows->size(); ++i) users.emplace_back(rows->text(i, 0));
  return users;
}

Result<void> HistoryRepository::set_summarised(const std::string& day) {
  return done(database_.run(k_summarised, {day}), "noting that a day was reported");
}

Result<bool> HistoryRepository::has_made(const std::string& service, std::int64_t since) {
  const std::string part = "\"service\":\"" + service + "\"";
  auto rows = database_.run(k_has_made, {since, part});
  if (!rows) return std::move(rows.error()).while_doing("looking for a summary that was sent");
  return rows->boolean(0, 0);
}

}  // namespace stagecoach::storage
