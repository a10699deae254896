// `stagecoach serve`: prepares the data folder, runs the managed PostgreSQL, starts the node, waits for
// signals.
#pragma once

#include <string>

namespace stagecoach {

/// Exit code: 0 after a clean stop, 1 when the server could not start.
int serve(const std::string& config_path);

}  // namespace stagecoach
