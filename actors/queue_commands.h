// The commands about the outgoing queue (docs/reference/queue.md).
#pragma once

#include <set>
#include <string>

#include "actors/command_line.h"

namespace stagecoach {

/// Options of this command, and those of them that take no value.
const std::set<std::string>& queue_flags();
const std::set<std::string>& queue_options();

/// The exit status.
int run_queue_command(const CommandLine& line);

}  // namespace stagecoach
