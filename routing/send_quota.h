// Limits on what a user sends within a period (docs/reference/quotas.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "routing/model/profile.h"

namespace stagecoach::routing {

struct SendCounts {
  std::int64_t messages = 0, recipients = 0, size_bytes = 0;
  std::int64_t size_recipients_bytes = 0;  // sum of size * recipients
  bool operator==(const SendCounts&) const = default;
};

/// What a user sent within the period: all of it, and the part that went to remote recipients.
struct SendUsage {
  SendCounts total, remote;
  bool operator==(const SendUsage&) const = default;
};

/// What one message adds. It counts as a remote message when it has a remote recipient.
SendUsage usage_of(std::int64_t size_bytes, std::int64_t recipients, std::int64_t remote_recipients);

/// Why a message must not be sent, in words for its sender: "the limit of 100 messages within 24 hours is
/// reached". Nothing: it may. `extra_percent` is granted on top of each limit.
std::optional<std::string> exceeded_send_quota(const SendQuota& quota, const SendUsage& sent,
                                               const SendUsage& message, std::int64_t extra_percent);

}  // namespace stagecoach::routing
