// The other end of the control socket: what commands use to talk to the running server.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "routing/model/result.h"

namespace stagecoach {

/// Sends one command and waits for its answer. `progress` gets the lines in between. `unavailable`: no server
/// runs.
Result<nlohmann::json> call_server(const std::string& socket_path, const std::string& command,
                                   const nlohmann::json& arguments,
                                   const std::function<void(const std::string&)>& progress = {});

}  // namespace stagecoach
