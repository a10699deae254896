// What collectors remember of messages on remote servers, so that none is fetched twice. New memories are
// written by mail_writer.h in the transaction that stores the message.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "storage/pg.h"

namespace stagecoach::storage {

struct SeenMessage {
  std::string digest;           // SHA-256 of the bytes, hexadecimal; empty: unknown
  std::int64_t first_seen = 0;  // microseconds since 1970
  std::int64_t last_seen = 0;
};

class CollectorRepository {
 public:
  explicit CollectorRepository(Database& database) : database_(database) {}
  /// By UID of the remote server, or "sha256:<digest>" of what it has deleted.
  Result<std::unordered_map<std::string, SeenMessage>> seen(const std::string& collector);
  /// Marks these as still there now, and forgets what the server has not shown since `forget_before`.
  Result<void> refresh(const std::string& collector, const std::vector<std::string>& uids, std::int64_t now,
                       std::int64_t forget_before);
  /// The server has deleted these: their UIDs may be given again; only their digests are still remembered.
  Result<void> retire(const std::string& collector, const std::vector<std::string>& uids);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
