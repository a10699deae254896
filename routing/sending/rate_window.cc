#include "routing/sending/rate_window.h"

#include <algorithm>
#include <limits>

namespace stagecoach::routing {
namespace {

constexpr int k_entries_max = 1000;  // an entry spans at most this part of the window

}  // namespace

void RateWindow::change(std::int64_t limit, std::chrono::minutes length) {
  limit_ = limit;
  length_ = length;
  if (!is_off()) return;
  entries_.clear();
  units_ = 0;
}

void RateWindow::forget_before(Time now) {
  // After a clock was set back nothing has happened in the future.
  for (auto entry = entries_.rbegin(); entry != entries_.rend() && entry->last > now; ++entry) {
    entry->last = now;
    entry->first = std::min(entry->first, now);
  }
  while (!entries_.empty() && entries_.front().last + length_ <= now) {
    units_ -= entries_.front().units;
    entries_.pop_front();
  }
}

std::int64_t RateWindow::room(Time now) {
  if (is_off()) return std::numeric_limits<std::int64_t>::max();
  forget_before(now);
  return std::max<std::int64_t>(0, limit_ - units_);
}

std::optional<Time> RateWindow::blocked_until(Time now) {
  if (room(now) > 0) return std::nullopt;
  std::int64_t units = units_;
  for (const Entry& entry : entries_) {
    units -= entry.units;
    if (units < limit_) return entry.last + length_;
  }
  return now + length_;
}

void RateWindow::note(Time now, std::int64_t units) {
  if (is_off() || units <= 0) return;
  forget_before(now);
  units_ += units;
  if (!entries_.empty() && now - entries_.back().first < Time::duration(length_) / k_entries_max) {
    entries_.back().last = now;
    entries_.back().units += units;
  } else {
    entries_.push_back({now, now, units});
  }
}

}  // namespace stagecoach::routing
