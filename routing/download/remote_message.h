// What a collector does first with a message that its server lists: a message is known by its UID. States are
// what the database keeps: "" only listed, "fetched" (also as its header section), "settled" (a rule deleted,
// rejected or warned of it), "asked" (somebody was asked whether to download it), "too_large".
#pragma once

#include <cstdint>
#include <string_view>

namespace stagecoach::routing {

enum class RemoteState : std::uint8_t { unknown, fetched, settled, asked, too_large };
RemoteState remote_state(std::string_view text);
std::string_view text_of(RemoteState state);

struct RemoteMessageFacts {
  RemoteState state = RemoteState::unknown;
  std::int64_t first_seen = 0, settled = 0;  // microseconds since 1970
  bool get_wanted = false, delete_wanted = false;
  std::int64_t size_bytes = 0;
};
struct RemotePolicy {
  std::int64_t now = 0;
  std::int64_t leave_days = 0, query_delay_days = 14;
  std::int64_t size_max_bytes = 0;  // 0: no limit
};

enum class RemoteStep : std::uint8_t {
  leave,      // it stays as it is
  erase,      // its time is over, or somebody wants it gone
  decide,     // new: the rules decide, or it is fetched
  fetch,      // somebody wants it
  too_large,  // new, and larger than the limit
};
RemoteStep first_step(const RemoteMessageFacts& message, const RemotePolicy& policy);

/// Whether a message that a rule ignores goes: once it is older than leave_days, and never on its first day.
bool is_ignored_long_enough(const RemoteMessageFacts& message, const RemotePolicy& policy);

}  // namespace stagecoach::routing
