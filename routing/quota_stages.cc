#include "routing/quota_stages.h"

#include <algorithm>

namespace stagecoach::routing {
namespace {

/// Doubles: quotas of many petabytes must not overflow, and nobody counts their last byte.
bool above(std::int64_t bytes, std::int64_t quota, std::int64_t percent) {
  return quota > 0 && percent > 0 &&
         static_cast<double>(bytes) * 100 > static_cast<double>(quota) * static_cast<double>(percent);
}

std::int64_t percent_of(std::int64_t bytes, std::int64_t quota) {
  const double percent =
      static_cast<double>(bytes) * 100 / static_cast<double>(std::max<std::int64_t>(quota, 1));
  return static_cast<std::int64_t>(std::clamp(percent, 0.0, 1e9));
}

}  // namespace

std::optional<QuotaWarning> growth_warning(std::int64_t before, std::int64_t now, std::int64_t quota,
                                           const QuotaPolicy& policy) {
  const struct {
    std::int64_t percent;
    bool user, admin;
  } stages[] = {{policy.stage1_percent, policy.stage1_user, policy.stage1_admin},
                {policy.stage2_percent, policy.stage2_user, policy.stage2_admin},
                {policy.stage3_percent, policy.stage3_user, policy.stage3_admin}};
  QuotaWarning warning;
  for (int number = 1; const auto& [percent, user, admin] : stages) {
    if (above(now, quota, percent) && !above(before, quota, percent)) {
      warning.stage = number;
      warning.user = warning.user || user;
      warning.admin = warning.admin || admin;
    }
    ++number;
  }
  if (!warning.user && !warning.admin) return std::nullopt;
  warning.percent = percent_of(now, quota);
  return warning;
}

std::optional<QuotaWarning> daily_warning(std::int64_t now, std::int64_t quota, const QuotaPolicy& policy) {
  QuotaWarning warning{.user = above(now, quota, policy.daily_user_percent),
                       .admin = above(now, quota, policy.daily_admin_percent)};
  if (!warning.user && !warning.admin) return std::nullopt;
  warning.percent = percent_of(now, quota);
  return warning;
}

bool blocks_sending(std::int64_t now, std::int64_t quota, const QuotaPolicy& policy) {
  return above(now, quota, policy.block_send_percent);
}

}  // namespace stagecoach::routing
