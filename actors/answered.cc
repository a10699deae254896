#include "actors/answered.h"

#include <algorithm>

#include "routing/model/address.h"

namespace stagecoach {

namespace {
constexpr std::int64_t k_hour = 3'600'000'000;       // microseconds
constexpr std::size_t k_remembered_max = 1'000'000;  // then the older half is forgotten
}  // namespace

std::string Answered::key(const std::string& user, const std::string& definition, const std::string& sender) {
  return to_lower(user) + '\n' + to_lower(definition) + '\n' + to_lower(sender);
}

void Answered::note(const std::string& user, const std::string& definition, const std::string& sender,
                    std::int64_t at) {
  if (last_.size() >= k_remembered_max) {
    std::vector<std::int64_t> times;
    for (const auto& [unused, time] : last_) times.push_back(time);
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2),
                     times.end());
    std::erase_if(last_, [middle = times[times.size() / 2]](const auto& one) { return one.second < middle; });
  }
  std::int64_t& last = last_[key(user, definition, sender)];
  last = std::max(last, at);
}

void Answered::forget(const std::string& user, const std::string& definition) {
  const std::string start = to_lower(user) + '\n' + (definition.empty() ? "" : to_lower(definition) + '\n');
  std::erase_if(last_, [&](const auto& one) { return one.first.starts_with(start); });
}

void Answered::hold_back(Plan& plan, std::int64_t now) const {
  std::erase_if(plan.generated, [&](const Generated& one) {
    if (!one.memory || one.memory->min_interval_hours <= 0) return false;
    const auto found = last_.find(key(one.memory->user, one.memory->definition, one.memory->sender));
    if (found == last_.end() || now - found->second >= one.memory->min_interval_hours * k_hour) return false;
    plan.reasons.push_back({"mailbox",
                            "autoresponder " + one.memory->definition,
                            {},
                            one.memory->sender + " had an answer within the last " +
                                std::to_string(one.memory->min_interval_hours) + " hours: none now"});
    return true;
  });
}

void Answered::note(const Plan& plan, std::int64_t now) {
  for (const Generated& one : plan.generated)
    if (one.memory) note(one.memory->user, one.memory->definition, one.memory->sender, now);
}

}  // namespace stagecoach
