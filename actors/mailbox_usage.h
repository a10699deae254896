// How full the mailboxes of users with a quota are: a snapshot that is a few minutes old at most.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "routing/model/ids.h"

namespace stagecoach {

struct MailboxUsage {
  std::unordered_map<std::int64_t, std::int64_t> bytes;  // by the number of the user

  /// 0: nothing is known, or the user has no quota.
  std::int64_t bytes_of(UserId user) const {
    const auto found = bytes.find(user.value);
    return found == bytes.end() ? 0 : found->second;
  }
};

}  // namespace stagecoach
