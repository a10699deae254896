// What `stagecoach` does for each of its commands (docs/reference/commands.md).
#pragma once

#include <string>
#include <vector>

namespace stagecoach {

/// Runs the command that `arguments` (without the program's name) name. Gives the exit code: 0 done, 1 the
/// command failed, 2 it was called wrongly.
int run_command(const std::vector<std::string>& arguments);

}  // namespace stagecoach
