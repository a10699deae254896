// What users have sent within the period of their sending quota (docs/reference/quotas.md). The period rolls.
// Pure: times are microseconds since 1970. What happened within a 1,440th of the period counts as one moment,
// so that a user takes bounded memory.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "routing/send_quota.h"
#include "storage/mail_writer.h"

namespace stagecoach {

class SendLog {
 public:
  /// A message of this user. Times may come in any order; `period_hours` is the user's now.
  void add(std::string_view user, std::int64_t at, const routing::SendUsage& usage,
           std::int64_t period_hours);
  /// What he sent in the period before `now`.
  routing::SendUsage sent(std::string_view user, std::int64_t now, std::int64_t period_hours) const;
  void forget(std::string_view user);

 private:
  struct Moment {
    std::int64_t at = 0;
    routing::SendUsage usage;
  };
  std::unordered_map<std::string, std::deque<Moment>> users_;  // by lower case name; oldest first
};

/// A message as its "accepted" entry in the trace tells of it.
struct SentMessage {
  std::string user;
  std::int64_t at = 0;
  routing::SendUsage usage;
};
/// Nothing: nobody had logged in, or the entry cannot be read.
std::optional<SentMessage> sent_message_of(const storage::TraceEntry& accepted);

}  // namespace stagecoach
