// How many costly commands run at the same time: FETCH and SEARCH that read stored messages, each user's and
// all together. Who finds no free slot waits in line for a while. Pure: the actor around it keeps the clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "routing/model/ids.h"

namespace stagecoach {

enum class SlotKind : std::uint8_t { fetch, search };

struct SlotRequest {
  std::uint64_t session = 0;
  UserId user;
  SlotKind kind = SlotKind::fetch;
  int per_user_max = 0, server_max = 0;  // 0: no limit
};

class WorkSlots {
 public:
  using Clock = std::chrono::steady_clock;

  /// True: the slot is taken. False: the request waits in line.
  bool begin(const SlotRequest& request, Clock::time_point now);
  /// Frees the slot of a session, or takes the session out of the line. Gives the sessions that got one now.
  std::vector<std::uint64_t> end(std::uint64_t session, SlotKind kind);
  /// The requests that have waited too long (40 s for FETCH, 30 s for SEARCH); they leave the line.
  std::vector<SlotRequest> expire(Clock::time_point now);
  bool anybody_waits() const { return !line_.empty(); }

  /// What the client of an expired request is told.
  static std::string refusal(SlotKind kind);

 private:
  struct Waiting {
    SlotRequest request;
    Clock::time_point until;
  };
  bool fits(const SlotRequest& request) const;
  void take(const SlotRequest& request);

  std::map<std::pair<std::uint64_t, SlotKind>, SlotRequest> running_;
  std::map<std::pair<UserId, SlotKind>, int> by_user_;
  std::map<SlotKind, int> all_;
  std::list<Waiting> line_;
};

}  // namespace stagecoach
