// A collector's actor: one visit to a remote mailbox, whatever its protocol. What such visits share is in
// collector_work.h and collected_mail.h.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "actors/messages.h"
#include "actors/stream_socket.h"

namespace stagecoach {

struct CollectReport {
  Outcome outcome;
  std::int64_t fetched = 0, left = 0, deleted = 0, failed = 0, duplicates = 0;
  bool connected = false;
  std::string last_result;  // "Connection successful", or what went wrong
};
/// To a collector: begin; the answer comes at the end of the visit.
struct Collect {
  std::function<void(const std::string&)> progress;  // a line for whoever watches; may be empty
  std::string connection;                            // that runs it
  std::optional<SocksProxy> proxy;                   // of this connection; its address is known
};
using CollectorActor = caf::typed_actor<caf::replies_to<Collect>::with<CollectReport>>;

}  // namespace stagecoach

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::Collect)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stagecoach::CollectReport)
