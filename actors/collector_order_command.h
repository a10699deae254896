// `stagecoach collector order NAME`: in which order the header fields of collected messages are looked at, as
// the configuration file says, beside the default (docs/reference/collectors.md).
#pragma once

#include "actors/command_line.h"

namespace stagecoach {

/// The exit status: 1 when the order is wrong. Needs no running server.
int run_collector_order_command(const CommandLine& line);

}  // namespace stagecoach
