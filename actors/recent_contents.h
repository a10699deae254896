// Messages that went into the queue a moment ago, so that the session that sends them on at once need not
// read them out of the database again. It is only a shortcut: what is not here is there. Bounded in bytes and
// time; may be used by any thread.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "routing/model/arrival.h"

namespace stagecoach {

class RecentContents {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::int64_t k_bytes_max = 16 * 1024 * 1024;
  static constexpr std::chrono::seconds k_age_max{30};

  /// Contents that are in chunks are not kept: they are large.
  void put(MessageId id, std::shared_ptr<const Content> content, Clock::time_point now = Clock::now());
  /// Null when it is not here (any more).
  std::shared_ptr<const Content> find(std::int64_t id) const;
  /// Nobody will ask for it again.
  void drop(std::int64_t id);
  /// Lets go of what is too old; put() does so too.
  void expire(Clock::time_point now = Clock::now());

 private:
  struct Entry {
    std::shared_ptr<const Content> content;
    Clock::time_point since;
  };
  void drop_locked(std::int64_t id);
  void expire_locked(Clock::time_point now);

  mutable std::mutex mutex_;
  std::unordered_map<std::int64_t, Entry> contents_;
  std::deque<std::int64_t> order_;  // oldest first; may name some that were dropped
  std::int64_t bytes_ = 0;
};

}  // namespace stagecoach
