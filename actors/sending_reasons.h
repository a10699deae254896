// What the senders of a configuration would do with one recipient of a message, in words: who takes him and
// when, and why the others do not. For `explain` and `queue show`. Pure.
#pragma once

#include <string>
#include <vector>

#include "actors/messages.h"
#include "conf/config.h"

namespace stagecoach {

struct SendingCase {
  std::string recipient;
  std::string from, auth_user;  // envelope sender; the user who submitted it
  std::string sender;           // the connection that a rule has chosen; empty: any
  std::string server;           // that it goes to by itself; empty: by its domain
  std::int64_t size_bytes = 0, attempts = 0;
  std::chrono::minutes age{0};
};

/// Of a recipient of a Plan.
SendingCase sending_case(const Enqueue& entry, const Arrival& arrival);

/// `paused`: the schedule is.
std::vector<std::string> sending_reasons(const conf::Config& config, const SendingCase& wanted, bool paused);

/// Why an entry of the queue waits; the first line is about the entry itself, if it keeps it. `now`:
/// microseconds since 1970.
std::vector<std::string> waiting_reasons(const conf::Config& config, const QueueEntry& entry, bool paused,
                                         std::int64_t now);

}  // namespace stagecoach
