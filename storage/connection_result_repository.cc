#include "storage/connection_result_repository.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_note{
    "connection_result_note",
    "INSERT INTO connection_result (connection, at_once, at, cause, lines) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (connection, at_once) DO UPDATE SET at = $3, cause = $4, lines = $5"};
constexpr Statement k_load{"connection_result_load",
                           "SELECT connection, at_once, at, cause, lines FROM connection_result"
                           " ORDER BY connection, at_once"};
constexpr Statement k_keep_only{"connection_result_keep_only",
                                "DELETE FROM connection_result WHERE connection <> ALL ($1::text[])"};

std::vector<std::string> clean_texts(const std::vector<std::string>& texts) {
  std::vector<std::string> clean;
  for (const std::string& text : texts) clean.push_back(clean_text(text));
  return clean;
}

}  // namespace

Result<void> ConnectionResultRepository::note(const ConnectionResult& result) {
  const std::string connection = clean_text(result.connection), cause = clean_text(result.cause);
  auto rows =
      database_.run(k_note, {connection, result.at_once, result.at, cause, Param(clean_texts(result.lines))});
  if (!rows) return std::move(rows.error()).while_doing("storing the result of " + connection);
  return {};
}

Result<std::vector<ConnectionResult>> ConnectionResultRepository::load() {
  auto rows = database_.run(k_load);
  if (!rows) return std::move(rows.error()).while_doing("reading the results of connections");
  std::vector<ConnectionResult> results;
  for (int i = 0; i < rows->size(); ++i)
    results.push_back({std::string(rows->text(i, 0)), rows->boolean(i, 1), rows->integer(i, 2),
                       std::string(rows->text(i, 3)), rows->texts(i, 4)});
  return results;
}

Result<std::int64_t> ConnectionResultRepository::keep_only(const std::vector<std::string>& connections) {
  auto rows = database_.run(k_keep_only, {Param(clean_texts(connections))});
  if (!rows) return std::move(rows.error()).while_doing("forgetting results of connections");
  return rows->affected();
}

}  // namespace stagecoach::storage
