// Keeps messages about faults from becoming a storm: each fault is told at most once in its interval, and all
// together a limited number of times. Pure: times are seconds since 1970 and do not go back.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

namespace stagecoach {

class FaultThrottle {
 public:
  FaultThrottle(std::int64_t interval_seconds, std::size_t told_max)
      : interval_seconds_(interval_seconds), told_max_(told_max) {}

  /// Whether to tell it now; then it counts as told.
  bool allow(const std::string& fault, std::int64_t now);

 private:
  std::int64_t interval_seconds_;
  std::size_t told_max_;  // within one interval
  std::unordered_map<std::string, std::int64_t> told_;
};

}  // namespace stagecoach
