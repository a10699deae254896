// "SMTP:<address>@[<user>:<password>@]<server>[:<port>]": a target at a named server, which no DNS is asked
// for (specification 02, LAN forwarding targets).
#pragma once

#include <string>
#include <string_view>

#include "routing/model/result.h"

namespace stagecoach::routing {

struct LanTarget {
  std::string address;  // "bob@example.com"
  std::string route;    // "[user:password@]server[:port]"
};

bool is_lan_target(std::string_view text);
/// The address ends at the second @; of the rest the last @ separates the log-in from the server. IPv6
/// addresses stand in brackets.
Result<LanTarget> parse_lan_target(std::string_view text);

/// A route alone: "[user:password@]server[:port]".
bool is_route(std::string_view route);
/// "server[:port]": passwords are for nobody's eyes.
std::string_view route_without_login(std::string_view route);

}  // namespace stagecoach::routing
