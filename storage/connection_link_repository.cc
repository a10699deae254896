#include "storage/connection_link_repository.h"

namespace stagecoach::storage {

namespace {

constexpr Statement k_note{"connection_link_note",
                           "INSERT INTO connection_link (connection, since) VALUES ($1, $2)"
                           " ON CONFLICT (connection) DO NOTHING"};
constexpr Statement k_forget{"connection_link_forget", "DELETE FROM connection_link WHERE connection = $1"};
constexpr Statement k_load{"connection_link_load",
                           "SELECT connection, since FROM connection_link ORDER BY connection"};

}  // namespace

Result<void> ConnectionLinkRepository::note(const ConnectionLink& link) {
  const std::string connection = clean_text(link.connection);
  auto rows = database_.run(k_note, {connection, link.since});
  if (!rows) return std::move(rows.error()).while_doing("noting the link of " + connection);
  return {};
}

Result<void> ConnectionLinkRepository::forget(const std::string& name) {
  const std::string connection = clean_text(name);
  auto rows = database_.run(k_forget, {connection});
  if (!rows) return std::move(rows.error()).while_doing("forgetting the link of " + connection);
  return {};
}

Result<std::vector<ConnectionLink>> ConnectionLinkRepository::load() {
  auto rows = database_.run(k_load);
  if (!rows) return std::move(rows.error()).while_doing("reading the links of connections");
  std::vector<ConnectionLink> links;
  for (int i = 0; i < rows->size(); ++i)
    links.push_back({std::string(rows->text(i, 0)), rows->integer(i, 1)});
  return links;
}

}  // namespace stagecoach::storage
