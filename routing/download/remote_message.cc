#include "routing/download/remote_message.h"

#include <algorithm>

namespace stagecoach::routing {
namespace {

constexpr std::int64_t k_day = 24LL * 3600 * 1000000;

constexpr struct {
  RemoteState state;
  std::string_view text;
} k_states[] = {{RemoteState::unknown, ""},
                {RemoteState::fetched, "fetched"},
                {RemoteState::settled, "settled"},
                {RemoteState::asked, "asked"},
                {RemoteState::too_large, "too_large"}};

bool is_over(std::int64_t since, std::int64_t days, std::int64_t now) { return now - since >= days * k_day; }

}  // namespace

RemoteState remote_state(std::string_view text) {
  for (const auto& [state, name] : k_states)
    if (name == text) return state;
  return RemoteState::unknown;
}

std::string_view text_of(RemoteState state) { return k_states[static_cast<std::size_t>(state)].text; }

RemoteStep first_step(const RemoteMessageFacts& message, const RemotePolicy& policy) {
  if (message.delete_wanted) return RemoteStep::erase;
  if (message.get_wanted) return RemoteStep::fetch;
  const auto stays_for = [&](std::int64_t days) {
    return is_over(message.settled, days, policy.now) ? RemoteStep::erase : RemoteStep::leave;
  };
  const bool too_large = policy.size_max_bytes > 0 && message.size_bytes > policy.size_max_bytes;
  switch (message.state) {
    case RemoteState::fetched: return stays_for(policy.leave_days);
    case RemoteState::settled: return RemoteStep::erase;
    // Who was asked has his time, also with a shorter leave_days.
    case RemoteState::asked: return stays_for(std::max(policy.query_delay_days, policy.leave_days));
    case RemoteState::too_large: return too_large ? RemoteStep::leave : RemoteStep::decide;
    case RemoteState::unknown: break;
  }
  return too_large ? RemoteStep::too_large : RemoteStep::decide;
}

bool is_ignored_long_enough(const RemoteMessageFacts& message, const RemotePolicy& policy) {
  return message.first_seen > 0 &&
         is_over(message.first_seen, std::max<std::int64_t>(policy.leave_days, 1), policy.now);
}

}  // namespace stagecoach::routing
