// What the sections of LAN forwarding mean: routes, rules, limits for each server.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conf/config.h"
#include "routing/lan_rules.h"

namespace stagecoach::conf {

/// "[user:password@][lmtp:]server:port". A port in `server` counts before `port`; of LMTP 25 means 24.
std::string lan_route(const LanForwardSettings& rule);

/// The rules in their order, one for each address; null: none.
std::shared_ptr<const routing::LanRules> lan_rules(const Config& config);

/// The [[lan_verification]] of the server of a route; nullptr: none.
const LanVerificationSettings* lan_verification(const Config& config, std::string_view route);

/// How many messages one server may get at the same time.
struct LanThreadRule {
  std::string server;  // "host" or "host:port"
  int sessions_max = 0;
  bool operator==(const LanThreadRule&) const = default;
};
/// "192.168.1.1-10 lan-mail:1025-5". `invalid_input`: a part is none.
Result<std::vector<LanThreadRule>> parse_thread_rules(std::string_view text);

}  // namespace stagecoach::conf
