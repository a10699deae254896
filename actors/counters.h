// What the server counts, for `stagecoach status` and a later metrics endpoint. Atomics: every thread adds.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

#include "actors/incoming_sessions.h"

namespace stagecoach {

using Counter = std::atomic<std::int64_t>;

struct Counters {
  // since the start
  Counter connections{0}, connections_refused{0}, tls_handshakes{0};
  Counter logins{0}, logins_failed{0};
  Counter messages_accepted{0}, messages_refused{0}, recipients_refused{0}, bytes_accepted{0};
  Counter copies_stored{0}, messages_queued{0};
  Counter deliveries{0}, deliveries_deferred{0}, bounces{0};
  Counter messages_collected{0}, collections_failed{0};
  Counter commits{0}, commit_requests{0}, commit_failures{0}, database_reconnects{0};
  Counter actor_restarts{0}, reloads{0};
  // at this moment
  Counter smtp_sessions{0}, pop3_sessions{0}, imap_sessions{0}, http_sessions{0}, client_sessions{0},
      control_sessions{0};
  Counter body_bytes{0};  // bytes of messages under way in memory
  Counter waiting_writes{0};
  Counter queue_messages{0};
  Counter history_active{0};   // 1: what happens is written into the history
  Counter history_waiting{0};  // trace rows and sessions that are not yet in it
  IncomingSessions incoming;

  /// Names and values in a fixed order.
  std::vector<std::pair<const char*, std::int64_t>> all() const;
};

/// Adds on construction and takes back on destruction.
class Counted {
 public:
  Counted() = default;
  explicit Counted(Counter& counter, std::int64_t amount = 1) : counter_(&counter), amount_(amount) {
    counter += amount;
  }
  Counted(Counted&& other) noexcept
      : counter_(std::exchange(other.counter_, nullptr)), amount_(std::exchange(other.amount_, 0)) {}
  Counted& operator=(Counted&& other) noexcept {
    std::swap(counter_, other.counter_);
    std::swap(amount_, other.amount_);
    return *this;
  }
  ~Counted() {
    if (counter_) *counter_ -= amount_;
  }
  void add(std::int64_t amount) {
    *counter_ += amount;
    amount_ += amount;
  }
  std::int64_t amount() const { return amount_; }

 private:
  Counter* counter_ = nullptr;
  std::int64_t amount_ = 0;
};

}  // namespace stagecoach
