#include "routing/send_quota.h"

#include <algorithm>
#include <cstdint>

namespace stagecoach::routing {
namespace {

/// As doubles: sums of size * recipients may pass what an integer holds.
bool passes(std::int64_t sent, std::int64_t more, double limit, std::int64_t extra_percent) {
  const double granted = limit * (1 + static_cast<double>(std::max<std::int64_t>(extra_percent, 0)) / 100);
  return static_cast<double>(sent) + static_cast<double>(more) > granted;
}

struct Limit {
  const char* unit;
  std::int64_t SendQuota::*total;
  std::int64_t SendQuota::*remote;
  std::int64_t SendCounts::*counter;
  int scale;  // of the limit to the counter
};
constexpr Limit k_limits[] = {
    {"messages", &SendQuota::messages, &SendQuota::remote_messages, &SendCounts::messages, 1},
    {"recipients", &SendQuota::recipients, &SendQuota::remote_recipients, &SendCounts::recipients, 1},
    {"kB", &SendQuota::size_kb, &SendQuota::remote_size_kb, &SendCounts::size_bytes, 1024},
    {"kB times recipients", &SendQuota::size_recipients_kb, &SendQuota::remote_size_recipients_kb,
     &SendCounts::size_recipients_bytes, 1024},
};

std::string reason(const Limit& limit, std::int64_t value, bool remote, std::int64_t period_hours) {
  return "the limit of " + std::to_string(value) + " " + limit.unit +
         (remote ? " to remote recipients" : "") + " within " + std::to_string(period_hours) +
         " hours is reached";
}

SendCounts counts_of(std::int64_t size_bytes, std::int64_t recipients) {
  if (recipients <= 0) return {};
  std::int64_t product = 0;
  if (__builtin_mul_overflow(size_bytes, recipients, &product)) product = INT64_MAX;
  return {1, recipients, size_bytes, product};
}

}  // namespace

SendUsage usage_of(std::int64_t size_bytes, std::int64_t recipients, std::int64_t remote_recipients) {
  return {counts_of(size_bytes, recipients), counts_of(size_bytes, remote_recipients)};
}

std::optional<std::string> exceeded_send_quota(const SendQuota& quota, const SendUsage& sent,
                                               const SendUsage& message, std::int64_t extra_percent) {
  for (const Limit& limit : k_limits) {
    const auto exceeded = [&](std::int64_t value, const SendCounts& before, const SendCounts& more) {
      return value > 0 && more.*limit.counter > 0 &&
             passes(before.*limit.counter, more.*limit.counter, static_cast<double>(value) * limit.scale,
                    extra_percent);
    };
    if (exceeded(quota.*limit.total, sent.total, message.total))
      return reason(limit, quota.*limit.total, false, quota.period_hours);
    if (exceeded(quota.*limit.remote, sent.remote, message.remote))
      return reason(limit, quota.*limit.remote, true, quota.period_hours);
  }
  return std::nullopt;
}

}  // namespace stagecoach::routing
