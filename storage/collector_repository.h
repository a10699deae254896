// What collectors remember of messages on remote servers, so that none is fetched twice and an administrator
// sees what waits there; and how their last visits ended. What becomes of a message is written by
// mail_writer.h in the transaction that stores it. Times are microseconds since 1970.
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
  std::string state = "fetched";  // routing/download/remote_message.h
  std::int64_t settled = 0;       // since when it is in this state
  bool get_wanted = false, delete_wanted = false;
  std::int64_t size_bytes = 0;  // as the server said; 0: unknown
};

/// What the server shows.
struct RemoteListing {
  std::vector<std::string> uids;
  std::vector<std::int64_t> sizes;    // bytes, one a UID; 0, or missing: unknown
  std::vector<std::string> replaced;  // remembered UIDs that stand for other messages now
};

/// A message that is believed to be on the remote server.
struct RemoteRow {
  std::string uid, subject, sender, recipients, state;
  std::int64_t message_date = 0, settled = 0, last_seen = 0;
  bool get_wanted = false, delete_wanted = false;
};

struct CollectorResult {
  std::string collector;
  std::int64_t at = 0;
  std::int64_t listed_at = 0;  // 0: this visit did not come so far
  bool ok = false;
  std::string result;
  std::int64_t fetched = 0, deleted = 0, kept = 0, failed = 0, duplicates = 0;
};

class CollectorRepository {
 public:
  explicit CollectorRepository(Database& database) : database_(database) {}
  /// By UID of the remote server, or "sha256:<digest>" of what it has deleted.
  Result<std::unordered_map<std::string, SeenMessage>> seen(const std::string& collector);
  /// Marks these as there now, those that were unknown too, and forgets what the server has not shown since
  /// `forget_before`. What was known of replaced ones is retired.
  Result<void> refresh(const std::string& collector, const RemoteListing& listing, std::int64_t now,
                       std::int64_t forget_before);
  /// Which of the messages: those whose contents are known, or all.
  enum class Retire { with_digest, all };
  /// The server has deleted these, or is about to: their UIDs may be given again; only their digests are
  /// still remembered.
  Result<void> retire(const std::string& collector, const std::vector<std::string>& uids, Retire which);

  /// What the server showed when it was last asked, in the order of its first sight.
  Result<std::vector<RemoteRow>> on_server(const std::string& collector, std::int64_t rows_max);
  enum class Wish { get, remove };
  /// Sets or clears a wish for the next visit; without UIDs for all messages on the server. Each wish ends
  /// the other one. The answer is the number of messages.
  Result<std::int64_t> wish(const std::string& collector, const std::vector<std::string>& uids, Wish wish,
                            bool on);

  Result<void> note_result(const CollectorResult& result);
  Result<std::vector<CollectorResult>> results();

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
