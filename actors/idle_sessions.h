// Sending sessions without work that are kept for a moment: the next message for their destination needs no
// new connection. Each waits for the answer to its NextDelivery. For the queue, on its own thread.
#pragma once

#include <caf/all.hpp>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "actors/messages.h"

namespace stagecoach {

class IdleSessions {
 public:
  using Promise = caf::typed_response_promise<DeliveryTask>;
  using TakeTask = std::function<DeliveryTask(const caf::actor_addr& session)>;

  /// True: it is the only one that waits.
  bool add(std::string destination, caf::actor_addr session, Promise promise, std::int64_t until);
  /// Gives tasks to the sessions of this destination, until one is empty.
  void employ(const std::string& destination, const TakeTask& take);
  /// Those that have waited long enough are told that there is nothing. When the next one has.
  std::optional<std::int64_t> end(std::int64_t now);
  /// It has ended by itself.
  void forget(const caf::actor_addr& session);
  bool contains(const caf::actor_addr& session) const;
  void clear() { waiting_.clear(); }

 private:
  struct Waiting {
    std::string destination;
    caf::actor_addr session;
    Promise promise;
    std::int64_t until = 0;
  };
  std::deque<Waiting> waiting_;  // the one that has waited longest first
};

}  // namespace stagecoach
