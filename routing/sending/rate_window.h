// A sliding window: at most `limit` units (messages or recipients) within any time of `length`. Bounded
// memory: what happens close together is one entry, which leaves the window with its last unit.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "routing/model/arrival.h"

namespace stagecoach::routing {

class RateWindow {
 public:
  /// A limit or a length of 0 switches it off.
  RateWindow() = default;
  RateWindow(std::int64_t limit, std::chrono::minutes length) { change(limit, length); }

  /// Another limit for the same past.
  void change(std::int64_t limit, std::chrono::minutes length);

  /// When the next unit may go; nothing: now.
  std::optional<Time> blocked_until(Time now);
  /// How many units may go now; the largest number when it is off.
  std::int64_t room(Time now);
  /// `units` have gone. More than `room` is counted, too: they block for longer.
  void note(Time now, std::int64_t units);

  bool is_off() const { return limit_ <= 0 || length_.count() <= 0; }

 private:
  struct Entry {
    Time first, last;
    std::int64_t units = 0;
  };
  void forget_before(Time now);

  std::int64_t limit_ = 0;
  std::chrono::minutes length_{0};
  std::deque<Entry> entries_;  // oldest first
  std::int64_t units_ = 0;     // of all entries
};

}  // namespace stagecoach::routing
