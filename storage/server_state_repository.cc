#include "storage/server_state_repository.h"

namespace stagecoach::storage {

namespace {
constexpr Statement k_begin{"server_state_begin",
                            "WITH before AS (SELECT stopped FROM server_state WHERE server = $1)"
                            " INSERT INTO server_state (server, started) VALUES ($1, $2)"
                            " ON CONFLICT (server) DO UPDATE SET started = $2, stopped = 0"
                            " RETURNING coalesce((SELECT stopped = 0 FROM before), false)"};
constexpr Statement k_end{"server_state_end", "UPDATE server_state SET stopped = $2 WHERE server = $1"};
}  // namespace

Result<bool> ServerStateRepository::begin(const std::string& server, std::int64_t now) {
  auto rows = database_.run(k_begin, {server, now});
  if (!rows) return std::move(rows.error());
  return rows->boolean(0, 0);
}

Result<void> ServerStateRepository::end(const std::string& server, std::int64_t now) {
  auto rows = database_.run(k_end, {server, now});
  if (!rows) return std::move(rows.error());
  return {};
}

}  // namespace stagecoach::storage
