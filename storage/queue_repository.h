// Reads the outgoing queue. It is changed by mail_writer.h only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/envelope.h"
#include "routing/model/ids.h"
#include "routing/model/plan.h"
#include "storage/pg.h"

namespace stagecoach::storage {

/// One recipient that waits. Times are microseconds since 1970.
struct QueuedRecipient {
  QueueId id;
  EnvelopeRecipient recipient;
  QueueWay way;
  bool held = false, final_try = false;
  std::int64_t held_until = 0;  // 0: no hold that ends by itself
  std::int64_t attempts = 0, next_attempt = 0;
  std::string last_reply;
};

/// One message that waits, without its recipients in `envelope`.
struct QueuedItem {
  QueueId id;
  Envelope envelope;
  std::int64_t size_bytes = 0, transmit_offset = 0;
  int priority = 0;
  std::int64_t queued_at = 0, delete_at = 0;  // 0: never
  bool warned = false;
  std::string peer_ip, auth_user, subject;
  std::vector<QueuedRecipient> recipients;
};

/// A recipient that has left the queue, from the trace.
struct QueueEnd {
  QueueId id;
  std::int64_t at = 0;
  std::string event;  // "delivered", "failed", "bounced", "deleted", "moved", "cancelled"
  std::string recipient, detail;
};

class QueueRepository {
 public:
  explicit QueueRepository(Database& database) : database_(database) {}
  /// What waits and has a higher number than `after`, oldest first: the first `messages_max`. Fewer: that is
  /// all.
  Result<std::vector<QueuedItem>> load(QueueId after, std::int64_t messages_max);
  /// What has left since then, newest first.
  Result<std::vector<QueueEnd>> ended(std::int64_t since, std::int64_t rows_max);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
