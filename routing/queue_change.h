// What scripts say of entries of the outgoing queue before these enter it: outmessage.lua and
// LanForwarding.lua (docs/reference/lua.md, "Known scripts"). Nothing in a field: it stays as it was.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/model/plan.h"

namespace stagecoach::routing {

struct QueueChange {
  std::optional<int> priority;
  std::optional<std::int64_t> hold_minutes, delete_after_minutes;
  std::optional<std::string> connection;  // whose sender takes it; empty: any
  bool drop = false;                      // it does not enter the queue
};

/// For all recipients of a message, and for some of them (addresses in lower case), which counts more.
struct OutMessageChange {
  QueueChange all;
  std::map<std::string, QueueChange> recipients;
};

/// An entry for a server of LAN forwarding.
struct LanEntry {
  std::string_view rule;       // its address, lower case; empty: no rule made it
  std::string_view recipient;  // as the server will see it
  std::string_view server;     // "[lmtp:]server[:port]"
};
struct LanChange {
  bool skip = false;                            // it does not enter the queue
  std::optional<std::string> recipient, route;  // route: "[user:password@][lmtp:]server[:port]"
};

/// Empty functions: there is no such script.
struct QueueScripts {
  std::function<std::optional<OutMessageChange>(const std::vector<const Enqueue*>&)> out_message;
  std::function<std::optional<LanChange>(const LanEntry&)> lan_forwarding;
};

}  // namespace stagecoach::routing
