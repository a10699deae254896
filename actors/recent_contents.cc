#include "actors/recent_contents.h"

namespace stagecoach {

void RecentContents::put(MessageId id, std::shared_ptr<const Content> content, Clock::time_point now) {
  if (!content || content->stored) return;
  const std::scoped_lock lock(mutex_);
  expire_locked(now);
  const auto size = static_cast<std::int64_t>(content->head.size());
  if (!contents_.emplace(id.value, Entry{std::move(content), now}).second) return;
  bytes_ += size;
  order_.push_back(id.value);
  while (bytes_ > k_bytes_max && !order_.empty()) {
    drop_locked(order_.front());
    order_.pop_front();
  }
}

std::shared_ptr<const Content> RecentContents::find(std::int64_t id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = contents_.find(id);
  return found == contents_.end() ? nullptr : found->second.content;
}

void RecentContents::drop(std::int64_t id) {
  const std::scoped_lock lock(mutex_);
  drop_locked(id);
}

void RecentContents::expire(Clock::time_point now) {
  const std::scoped_lock lock(mutex_);
  expire_locked(now);
}

void RecentContents::drop_locked(std::int64_t id) {
  const auto found = contents_.find(id);
  if (found == contents_.end()) return;
  bytes_ -= static_cast<std::int64_t>(found->second.content->head.size());
  contents_.erase(found);
}

void RecentContents::expire_locked(Clock::time_point now) {
  while (!order_.empty()) {
    const auto oldest = contents_.find(order_.front());
    if (oldest != contents_.end() && now - oldest->second.since <= k_age_max) return;
    if (oldest != contents_.end()) drop_locked(order_.front());
    order_.pop_front();
  }
}

}  // namespace stagecoach
