#include "actors/fault_throttle.h"

namespace stagecoach {

bool FaultThrottle::allow(const std::string& fault, std::int64_t now) {
  std::erase_if(told_, [&](const auto& one) { return now - one.second >= interval_seconds_; });
  if (told_.size() >= told_max_) return false;
  return told_.emplace(fault, now).second;
}

}  // namespace stagecoach
