// What the directory snapshot needs of the configuration, with the hashes of SRS and BATV, which routing
// cannot compute itself.
#pragma once

#include <string_view>

#include "conf/config.h"

namespace stagecoach {

/// `server_key`: what makes return paths where the configuration gives no secret of its own. Empty: nothing
/// is sent with them (`stagecoach test`).
routing::RoutingOptions routing_options(const conf::Config& config, std::string_view server_key);

}  // namespace stagecoach
