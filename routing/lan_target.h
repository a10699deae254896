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

/// A route alone: "[user:password@][lmtp:]server[:port]".
bool is_route(std::string_view route);
/// "server[:port]": passwords are for nobody's eyes.
std::string_view route_without_login(std::string_view route);

/// "lmtp:host[:port]" is spoken to by LMTP (RFC 2033). A host may be called lmtp: "lmtp:24" is its port 24.
bool is_lmtp_server(std::string_view server);
/// "host[:port]"
std::string_view without_protocol(std::string_view server);
/// Lower case, with the port: "host:25", "lmtp:host:24".
std::string with_port(std::string_view server);
/// Whether `name` ("host", "host:port") means the server; without a port it means all ports of the host.
bool names_server(std::string_view name, std::string_view server);

}  // namespace stagecoach::routing
