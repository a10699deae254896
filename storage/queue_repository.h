// Reads the outgoing queue. It is changed by mail_writer.h only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/envelope.h"
#include "routing/model/ids.h"
#include "storage/pg.h"

namespace stagecoach::storage {

/// One recipient that waits. Times are microseconds since 1970.
struct QueuedRecipient {
  QueueId id;
  EnvelopeRecipient recipient;
  std::string sender;
  bool held = false;
  std::int64_t attempts = 0, next_attempt = 0;
  std::string last_reply;
};

/// One message that waits, without its recipients in `envelope`.
struct QueuedItem {
  QueueId id;
  Envelope envelope;
  std::int64_t size_bytes = 0, transmit_offset = 0;
  int priority = 0;
  std::int64_t queued_at = 0;
  bool warned = false;
  std::vector<QueuedRecipient> recipients;
};

class QueueRepository {
 public:
  explicit QueueRepository(Database& database) : database_(database) {}
  /// Everything that waits, oldest first. Recipients ascend with their message.
  Result<std::vector<QueuedItem>> load();

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
