// Which queued messages may have been sent already: those that waited, due, when a run of the server ended
// without a word. The first attempt at each destination says so in the trace.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>

#include "storage/queue_repository.h"

namespace stagecoach {

class MaybeSent {
 public:
  /// `ended`: when that run was found to have ended so, microseconds since 1970; 0: it ended in order.
  void note(const storage::QueuedItem& item, std::int64_t ended) {
    for (const storage::QueuedRecipient& recipient : item.recipients)
      if (!recipient.held && recipient.next_attempt <= ended && recipient.held_until <= ended)
        ids_.insert(item.id.value);
  }
  /// Whether an attempt that begins now may repeat one; true once a message and destination.
  bool take(QueueId id, const std::string& destination) {
    return ids_.contains(id.value) && tried_.insert({id.value, destination}).second;
  }
  void forget(QueueId id) {
    if (ids_.erase(id.value) == 0) return;
    tried_.erase(tried_.lower_bound({id.value, {}}), tried_.lower_bound({id.value + 1, {}}));
  }

 private:
  std::unordered_set<std::int64_t> ids_;
  std::set<std::pair<std::int64_t, std::string>> tried_;
};

}  // namespace stagecoach
