#include "storage/script_error_repository.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_add{
    "script_error_add",
    "INSERT INTO script_error AS e (text, count, first_at, last_at, message_id) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (text) DO UPDATE SET count = e.count + EXCLUDED.count,"
    " last_at = greatest(e.last_at, EXCLUDED.last_at), message_id = EXCLUDED.message_id"};
constexpr Statement k_list{"script_error_list",
                           "SELECT text, count, first_at, last_at, message_id FROM script_error"
                           " ORDER BY last_at DESC, text LIMIT $1"};
constexpr Statement k_clear{"script_error_clear", "DELETE FROM script_error"};
constexpr Statement k_prune{"script_error_prune",
                            "DELETE FROM script_error WHERE last_at < $1 OR text IN"
                            " (SELECT text FROM script_error ORDER BY last_at DESC, text OFFSET $2)"};

}  // namespace

Result<void> ScriptErrorRepository::add(const ScriptErrorEntry& entry) {
  auto rows =
      database_.run(k_add, {entry.text, entry.count, entry.first_at, entry.last_at, entry.message.value});
  if (!rows) return std::move(rows.error()).while_doing("logging an error of a script");
  return {};
}

Result<std::vector<ScriptErrorEntry>> ScriptErrorRepository::list(std::int64_t rows_max) {
  auto rows = database_.run(k_list, {rows_max});
  if (!rows) return std::move(rows.error()).while_doing("reading the errors of scripts");
  std::vector<ScriptErrorEntry> entries;
  for (int i = 0; i < rows->size(); ++i)
    entries.push_back({std::string(rows->text(i, 0)), rows->integer(i, 1), rows->integer(i, 2),
                       rows->integer(i, 3), MessageId{rows->integer(i, 4)}});
  return entries;
}

Result<std::int64_t> ScriptErrorRepository::clear() {
  auto rows = database_.run(k_clear);
  if (!rows) return std::move(rows.error()).while_doing("clearing the errors of scripts");
  return rows->affected();
}

Result<std::int64_t> ScriptErrorRepository::prune(std::int64_t before, std::int64_t rows_max) {
  auto rows = database_.run(k_prune, {before, rows_max});
  if (!rows) return std::move(rows.error()).while_doing("pruning the errors of scripts");
  return rows->affected();
}

}  // namespace stagecoach::storage
