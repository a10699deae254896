// The other end of the control socket: what commands use to talk to the running server.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "routing/model/result.h"

namespace stagecoach {

/// Sends one command and waits for its answer. `progress` gets the lines in between, `bytes` the parts of an
/// archive; when it gives an error the call ends with it. `unavailable`: no server runs.
Result<nlohmann::json> call_server(const std::string& socket_path, const std::string& command,
                                   const nlohmann::json& arguments,
                                   const std::function<void(const std::string&)>& progress = {},
                                   const std::function<Result<void>(std::string_view)>& bytes = {});

}  // namespace stagecoach
