// `stagecoach init DIR`: writes a commented configuration to start from (docs/reference/commands.md).
#pragma once

#include <set>
#include <string>

#include "actors/command_line.h"

namespace stagecoach {

const std::set<std::string>& init_options();

/// The exit status. Asks on a terminal; nothing is written before the last answer.
int run_init_command(const CommandLine& line);

}  // namespace stagecoach
