// stagecoach lan …: rules, queue and export of LAN forwarding (docs/reference/lan-forwarding.md).
#pragma once

#include <set>
#include <string>

#include "actors/command_line.h"

namespace stagecoach {

const std::set<std::string>& lan_options();
/// The exit status.
int run_lan_command(const CommandLine& line);

}  // namespace stagecoach
