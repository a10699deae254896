// The commands user, group, list and mapping (docs/reference/commands.md).
#pragma once

#include <optional>
#include <set>
#include <string>

#include "actors/command_line.h"

namespace stagecoach {

/// Options of these commands, and those of them that take no value.
const std::set<std::string>& directory_flags();
const std::set<std::string>& directory_options();

/// The exit status; nothing: it is none of these commands.
std::optional<int> run_directory_command(const CommandLine& line);

}  // namespace stagecoach
