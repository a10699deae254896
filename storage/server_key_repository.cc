#include "storage/server_key_repository.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_propose{
    "server_key_propose",
    "INSERT INTO server_key (purpose, bytes) VALUES ($1, $2) ON CONFLICT (purpose) DO NOTHING"};
constexpr Statement k_find{"server_key_find", "SELECT bytes FROM server_key WHERE purpose = $1"};

}  // namespace

Result<std::string> ServerKeyRepository::key(std::string_view purpose, std::string_view proposed) {
  const auto trail = [&] { return "reading the server's key for " + std::string(purpose); };
  auto rows = database_.run(k_find, {purpose});
  if (rows && rows->size() == 0) {
    rows = database_.run(k_propose, {purpose, proposed});
    if (rows) rows = database_.run(k_find, {purpose});
  }
  if (!rows) return std::move(rows.error()).while_doing(trail());
  if (rows->size() == 0) return not_found("there is none").while_doing(trail());
  return rows->bytes(0, 0);
}

}  // namespace stagecoach::storage
