#include "storage/migrations.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_version{"schema_version", "SELECT coalesce(max(number), 0) FROM schema_migration"};
constexpr Statement k_record{"schema_record", "INSERT INTO schema_migration (number, name) VALUES ($1, $2)"};

Result<std::vector<std::string>> apply(Database& database, const std::vector<Migration>& known) {
  auto version = database.run(k_version);
  if (!version) return std::move(version.error());
  const auto present = version->integer(0, 0);
  const auto newest = known.empty() ? 0 : known.back().number;
  if (present > newest)
    return conflict("the database has schema version " + std::to_string(present) +
                    ", this program knows only up to " + std::to_string(newest) +
                    ": start the newer program again, or restore a backup made before the upgrade");
  std::vector<std::string> applied;
  for (const Migration& migration : known) {
    if (migration.number <= present) continue;
    if (auto done = database.execute(migration.sql); !done)
      return std::move(done.error()).while_doing(std::string("applying migration ") + migration.name);
    if (auto done = database.run(k_record, {migration.number, migration.name}); !done)
      return std::move(done.error());
    applied.emplace_back(migration.name);
  }
  return applied;
}

}  // namespace

Result<std::vector<std::string>> migrate(Database& database, const std::vector<Migration>& known) {
  auto begun = database.execute(
      "BEGIN; SELECT pg_advisory_xact_lock(7265478521);"
      "CREATE TABLE IF NOT EXISTS schema_migration (number bigint PRIMARY KEY, name text NOT NULL,"
      " applied_at timestamptz NOT NULL DEFAULT now())");
  if (!begun) return std::move(begun.error()).while_doing("preparing the migrations");
  auto applied = apply(database, known);
  auto ended = database.execute(applied ? "COMMIT" : "ROLLBACK");
  if (applied && !ended) return std::move(ended.error()).while_doing("committing the migrations");
  return applied;
}

}  // namespace stagecoach::storage
