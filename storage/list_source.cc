#include "storage/list_source.h"

#include <algorithm>

#include "storage/pg.h"

namespace stagecoach::storage {

Result<std::shared_ptr<const Members>> members_of_source(const std::string& conninfo,
                                                         const std::string& query) {
  constexpr int k_members_max = 1'000'000;
  auto database = Database::connect(conninfo + " connect_timeout=10");
  if (!database) return std::move(database.error()).while_doing("connecting to the members' database");
  auto ready = database->execute("SET default_transaction_read_only = on; SET statement_timeout = '10s'");
  if (!ready) return std::move(ready.error());
  const Statement statement{"members", query.c_str()};
  auto rows = database->run(statement);
  if (!rows) return std::move(rows.error()).while_doing("asking for the members");
  auto members = std::make_shared<Members>();
  for (int i = 0; i < std::min(rows->size(), k_members_max); ++i)
    if (!rows->is_null(i, 0) && !rows->text(i, 0).empty()) members->push_back(clean_text(rows->text(i, 0)));
  // Posts go out in steps, each of which asks again: the order must be the same.
  std::sort(members->begin(), members->end());
  members->erase(std::unique(members->begin(), members->end()), members->end());
  return std::shared_ptr<const Members>(std::move(members));
}

}  // namespace stagecoach::storage
