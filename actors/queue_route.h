// Mail for one named server, "[user:password@]server[:port]", which goes there by itself: no connection has
// to run for it. Its destination in the queue is "*route|user@server:port", a name that no connection has.
#pragma once

#include <string>
#include <string_view>

#include "conf/sender_settings.h"

namespace stagecoach {

/// Without the password: it is logged.
std::string route_destination(std::string_view route);
bool is_route_destination(std::string_view destination);

/// "server:port".
std::string route_server(std::string_view route);

/// How to send there: TLS if the server offers it; a new attempt every ten minutes for three days.
conf::SenderSettings route_sender(std::string_view route);

}  // namespace stagecoach
