#include "storage/list_work_repository.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_next{"list_work_next",
                           "SELECT * FROM list_work_of_sender WHERE (kind <> 1 OR position = 0)"
                           " AND NOT (kind = 0 AND list = ANY ($2::text[])) ORDER BY id LIMIT $1"};
constexpr Statement k_unanswered{
    "list_work_unanswered", "SELECT * FROM list_work_of_sender WHERE kind = 1 AND position > 0 AND at < $1"};
constexpr Statement k_find{"list_work_find", "SELECT * FROM list_work_of_sender WHERE id = $1"};
constexpr Statement k_approve{"list_work_approve",
                              "UPDATE list_work SET kind = 0, position = 0 WHERE id = $1 AND kind = 1"};
constexpr Statement k_archived{
    "list_archived",
    "SELECT content_id, at FROM list_archive WHERE list_id = $1 AND at > $2 ORDER BY at, content_id"};
constexpr Statement k_prune{
    "list_archive_prune",
    "WITH gone AS (DELETE FROM list_archive WHERE list_id = $1 AND at < $2 RETURNING content_id)"
    " UPDATE content SET copies = copies - 1 FROM gone WHERE content.id = gone.content_id"};
constexpr Statement k_last_digest{"list_last_digest", "SELECT at FROM list_digest WHERE list_id = $1"};
constexpr Statement k_set_last_digest{
    "list_set_last_digest",
    "INSERT INTO list_digest (list_id, at) VALUES ($1, $2) ON CONFLICT (list_id) DO UPDATE SET at = $2"};

/// The value of "user" in the trace's JSON, which is written by us.
std::string user_of(const std::string& detail) {
  constexpr std::string_view k_key = "\"user\":\"";
  const auto begin = detail.find(k_key);
  if (begin == std::string::npos) return {};
  const auto end = detail.find('"', begin + k_key.size());
  return detail.substr(begin + k_key.size(), end - begin - k_key.size());
}

StoredListWork work_of(const Rows& rows, int i) {
  StoredListWork work;
  work.id = rows.integer(i, 0);
  work.message = MessageId{rows.integer(i, 1)};
  work.kind = static_cast<ListWork::Kind>(rows.integer(i, 2));
  work.list = rows.text(i, 3);
  work.recipient = rows.text(i, 4);
  work.position = rows.integer(i, 5);
  work.at = rows.integer(i, 6);
  if (!rows.is_null(i, 7)) work.reverse_path = rows.text(i, 7);
  if (!rows.is_null(i, 8)) work.auth_user = user_of(std::string(rows.text(i, 8)));
  return work;
}

std::vector<StoredListWork> all_work(const Rows& rows) {
  std::vector<StoredListWork> work;
  for (int i = 0; i < rows.size(); ++i) work.push_back(work_of(rows, i));
  return work;
}

}  // namespace

Result<std::vector<StoredListWork>> ListWorkRepository::next(int rows_max,
                                                             const std::vector<std::string>& resting) {
  auto rows = database_.run(k_next, {rows_max, Param(resting)});
  if (!rows) return std::move(rows.error()).while_doing("looking for the work of lists");
  return all_work(*rows);
}

Result<std::vector<StoredListWork>> ListWorkRepository::unanswered(std::int64_t at) {
  auto rows = database_.run(k_unanswered, {at});
  if (!rows) return std::move(rows.error()).while_doing("looking for moderated posts");
  return all_work(*rows);
}

Result<std::optional<StoredListWork>> ListWorkRepository::find(std::int64_t id) {
  auto rows = database_.run(k_find, {id});
  if (!rows) return std::move(rows.error()).while_doing("looking for a moderated post");
  if (rows->size() == 0) return std::optional<StoredListWork>{};
  return std::optional(work_of(*rows, 0));
}

Result<bool> ListWorkRepository::approve(std::int64_t id) {
  auto rows = database_.run(k_approve, {id});
  if (!rows) return std::move(rows.error()).while_doing("approving a post");
  return rows->affected() > 0;
}

Result<std::vector<ListWorkRepository::Archived>> ListWorkRepository::archived(ListId list,
                                                                               std::int64_t after) {
  auto rows = database_.run(k_archived, {list.value, after});
  if (!rows) return std::move(rows.error()).while_doing("reading the archive of a list");
  std::vector<Archived> archived;
  for (int i = 0; i < rows->size(); ++i)
    archived.push_back({ContentId{rows->integer(i, 0)}, rows->integer(i, 1)});
  return archived;
}

Result<std::int64_t> ListWorkRepository::prune_archive(ListId list, std::int64_t before) {
  auto rows = database_.run(k_prune, {list.value, before});
  if (!rows) return std::move(rows.error()).while_doing("pruning the archive of a list");
  return rows->affected();
}

Result<std::int64_t> ListWorkRepository::last_digest(ListId list) {
  auto rows = database_.run(k_last_digest, {list.value});
  if (!rows) return std::move(rows.error()).while_doing("looking for the last digest");
  return rows->size() > 0 ? rows->integer(0, 0) : 0;
}

Result<void> ListWorkRepository::set_last_digest(ListId list, std::int64_t at) {
  auto rows = database_.run(k_set_last_digest, {list.value, at});
  if (!rows) return std::move(rows.error()).while_doing("noting a digest");
  return {};
}

}  // namespace stagecoach::storage
