#include "actors/send_usage.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "routing/model/address.h"

namespace stagecoach {

namespace {

using nlohmann::json;
using routing::SendCounts;
using routing::SendUsage;

constexpr std::int64_t k_hour = 3600LL * 1000000;
constexpr std::int64_t k_moments = 1440;  // a period is divided into

void add_up(std::int64_t& sum, std::int64_t more) {
  if (__builtin_add_overflow(sum, more, &sum)) sum = INT64_MAX;
}
void add_up(SendCounts& sum, const SendCounts& more) {
  add_up(sum.messages, more.messages);
  add_up(sum.recipients, more.recipients);
  add_up(sum.size_bytes, more.size_bytes);
  add_up(sum.size_recipients_bytes, more.size_recipients_bytes);
}
void add_up(SendUsage& sum, const SendUsage& more) {
  add_up(sum.total, more.total);
  add_up(sum.remote, more.remote);
}

}  // namespace

void SendLog::add(std::string_view user, std::int64_t at, const SendUsage& usage, std::int64_t period_hours) {
  const std::int64_t period = std::max<std::int64_t>(period_hours, 1) * k_hour;
  std::deque<Moment>& moments = users_[to_lower(user)];
  const auto next = std::upper_bound(moments.begin(), moments.end(), at,
                                     [](std::int64_t time, const Moment& one) { return time < one.at; });
  if (next != moments.begin() && at - std::prev(next)->at < period / k_moments)
    add_up(std::prev(next)->usage, usage);
  else
    moments.insert(next, Moment{at, usage});
  while (moments.front().at <= moments.back().at - period) moments.pop_front();
}

SendUsage SendLog::sent(std::string_view user, std::int64_t now, std::int64_t period_hours) const {
  SendUsage sum;
  const auto found = users_.find(to_lower(user));
  if (found == users_.end()) return sum;
  const std::int64_t since = now - std::max<std::int64_t>(period_hours, 1) * k_hour;
  for (auto one = found->second.rbegin(); one != found->second.rend() && one->at > since; ++one)
    add_up(sum, one->usage);
  return sum;
}

void SendLog::forget(std::string_view user) { users_.erase(to_lower(user)); }

std::optional<SentMessage> sent_message_of(const storage::TraceEntry& accepted) {
  const json detail = json::parse(accepted.detail, nullptr, false);
  if (accepted.event != "accepted" || !detail.is_object()) return std::nullopt;
  const auto user = detail.find("user"), plan = detail.find("plan");
  if (user == detail.end() || !user->is_string() || user->get_ref<const std::string&>().empty())
    return std::nullopt;
  std::int64_t remote = 0;
  if (plan != detail.end() && plan->is_array())
    remote = std::count_if(plan->begin(), plan->end(), [](const json& step) {
      return step.is_string() && step.get_ref<const std::string&>().starts_with("enqueue for ");
    });
  return SentMessage{
      user->get<std::string>(), accepted.at,
      routing::usage_of(accepted.size_bytes, static_cast<std::int64_t>(accepted.recipients.size()), remote)};
}

}  // namespace stagecoach
