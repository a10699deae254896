// The command script (docs/reference/lua.md, "Commands"): the scripts of a configuration are listed, made,
// checked, run and saved without a server; only their errors are asked for at one.
#pragma once

#include <set>
#include <string>

#include "actors/command_line.h"

namespace stagecoach {

const std::set<std::string>& script_options();

int script_command(const CommandLine& line);

}  // namespace stagecoach
