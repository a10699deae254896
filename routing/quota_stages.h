// Warnings and blocks that follow from the size of a mailbox (docs/reference/quotas.md). Delivery is never
// refused. Sizes are bytes; a quota of 0 is no limit, a percentage of 0 switches its rule off.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "routing/model/policy.h"

namespace stagecoach::routing {

struct QuotaWarning {
  int stage = 0;                     // the highest one that was passed, 1 to 3; 0: the daily warning
  std::int64_t percent = 0;          // of the quota, that the mailbox holds now
  bool user = false, admin = false;  // who is told; at least one
  bool operator==(const QuotaWarning&) const = default;
};

/// After the mailbox has grown from `before` to `now`. Each stage passed on the way adds its receivers.
std::optional<QuotaWarning> growth_warning(std::int64_t before, std::int64_t now, std::int64_t quota,
                                           const QuotaPolicy& policy);

/// Once a day and at each start.
std::optional<QuotaWarning> daily_warning(std::int64_t now, std::int64_t quota, const QuotaPolicy& policy);

/// Whether the user must not send until he has deleted something.
bool blocks_sending(std::int64_t now, std::int64_t quota, const QuotaPolicy& policy);

}  // namespace stagecoach::routing
