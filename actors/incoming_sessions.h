// SMTP sessions that other servers have begun with us: who keeps a link up for one (feed_collector.h) sees it
// come and go. For every thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <utility>

namespace stagecoach {

class IncomingSessions {
 public:
  using Number = std::uint64_t;  // in the order of their beginning

  /// A session while it lasts.
  class Ticket {
   public:
    Ticket() = default;
    Ticket(Ticket&& other) noexcept
        : sessions_(std::exchange(other.sessions_, nullptr)), number_(other.number_) {}
    Ticket& operator=(Ticket&& other) noexcept {
      std::swap(sessions_, other.sessions_);
      std::swap(number_, other.number_);
      return *this;
    }
    ~Ticket() {
      if (sessions_) sessions_->leave(number_);
    }

   private:
    friend class IncomingSessions;
    Ticket(IncomingSessions& sessions, Number number) : sessions_(&sessions), number_(number) {}
    IncomingSessions* sessions_ = nullptr;
    Number number_ = 0;
  };

  Ticket enter() {
    const std::lock_guard lock(mutex_);
    open_.insert(++last_);
    return Ticket(*this, last_);
  }

  /// The session that began last.
  Number last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }
  enum class Since : std::uint8_t { none, some_open, all_over };
  /// Of the sessions that began after `mark`.
  Since since(Number mark) const {
    const std::lock_guard lock(mutex_);
    if (last_ == mark) return Since::none;
    return open_.upper_bound(mark) == open_.end() ? Since::all_over : Since::some_open;
  }

 private:
  void leave(Number number) {
    const std::lock_guard lock(mutex_);
    open_.erase(number);
  }

  mutable std::mutex mutex_;
  Number last_ = 0;
  std::set<Number> open_;
};

}  // namespace stagecoach
