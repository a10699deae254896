// `stagecoach schedule …` (docs/reference/connections.md).
#pragma once

#include "actors/command_line.h"

namespace stagecoach {

/// The exit status.
int run_schedule_command(const CommandLine& line);

}  // namespace stagecoach
