#include "actors/work_slots.h"

namespace stagecoach {

using namespace std::chrono_literals;

bool WorkSlots::fits(const SlotRequest& request) const {
  const auto user = by_user_.find({request.user, request.kind});
  if (request.per_user_max > 0 && user != by_user_.end() && user->second >= request.per_user_max)
    return false;
  const auto all = all_.find(request.kind);
  return request.server_max <= 0 || all == all_.end() || all->second < request.server_max;
}

void WorkSlots::take(const SlotRequest& request) {
  running_.emplace(std::pair{request.session, request.kind}, request);
  ++by_user_[{request.user, request.kind}];
  ++all_[request.kind];
}

bool WorkSlots::begin(const SlotRequest& request, Clock::time_point now) {
  if (fits(request)) {
    take(request);
    return true;
  }
  line_.push_back({request, now + (request.kind == SlotKind::fetch ? 40s : 30s)});
  return false;
}

std::vector<std::uint64_t> WorkSlots::end(std::uint64_t session, SlotKind kind) {
  line_.remove_if(
      [&](const Waiting& one) { return one.request.session == session && one.request.kind == kind; });
  if (const auto running = running_.find({session, kind}); running != running_.end()) {
    const auto user = by_user_.find({running->second.user, kind});
    if (--user->second == 0) by_user_.erase(user);
    --all_[kind];
    running_.erase(running);
  }
  std::vector<std::uint64_t> begun;
  for (auto one = line_.begin(); one != line_.end();) {
    if (!fits(one->request)) {
      ++one;
      continue;
    }
    take(one->request);
    begun.push_back(one->request.session);
    one = line_.erase(one);
  }
  return begun;
}

std::vector<SlotRequest> WorkSlots::expire(Clock::time_point now) {
  std::vector<SlotRequest> expired;
  for (auto one = line_.begin(); one != line_.end();) {
    if (one->until > now) {
      ++one;
      continue;
    }
    expired.push_back(one->request);
    one = line_.erase(one);
  }
  return expired;
}

std::string WorkSlots::refusal(SlotKind kind) {
  return kind == SlotKind::fetch ? "Too many current FETCHes active"
                                 : "Too many concurrent searches - try again later";
}

}  // namespace stagecoach
