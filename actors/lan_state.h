// What the whole node knows of LAN forwarding: whether it is paused, and how often each rule has matched
// since the start. From any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace stagecoach {

class LanState {
 public:
  /// Nothing is sent by LAN forwarding. As the configuration says, or a command.
  std::atomic<bool> paused{false};

  /// `rule`: LanRule::key().
  void count(const std::string& rule) {
    const std::lock_guard lock(mutex_);
    ++matches_[rule];
  }
  std::int64_t matches(const std::string& rule) const {
    const std::lock_guard lock(mutex_);
    const auto found = matches_.find(rule);
    return found == matches_.end() ? 0 : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::int64_t> matches_;  // one a rule that was ever in force
};

}  // namespace stagecoach
