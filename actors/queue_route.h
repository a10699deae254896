// Mail for one named server, "[user:password@][lmtp:]server[:port]", which goes there by itself: no
// connection has to run for it. Its destination in the queue is "*route|user@server:port", a name that no
// connection has.
#pragma once

#include <string>
#include <string_view>

#include "conf/lan_settings.h"
#include "conf/sender_settings.h"

namespace stagecoach {

/// Stands where other destinations name their connection.
inline constexpr std::string_view k_route_connection = "*route";

/// Without the password: it is logged.
std::string route_destination(std::string_view route);
bool is_route_destination(std::string_view destination);

/// "server:port", "lmtp:server:port".
std::string route_server(std::string_view route);
/// The same of a destination.
std::string_view server_of_destination(std::string_view destination);

/// How to send there: TLS if the server offers it; attempts as [lan_forwarding] says.
conf::SenderSettings route_sender(std::string_view route, const conf::LanForwardingSettings& settings = {});

}  // namespace stagecoach
