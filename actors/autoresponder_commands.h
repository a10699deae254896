// The commands autoresponder and media (docs/reference/autoresponder.md, "Commands").
#pragma once

#include <optional>
#include <set>
#include <string>

#include "actors/command_line.h"

namespace stagecoach {

/// Options of these commands, and those of them that take no value.
const std::set<std::string>& autoresponder_flags();
const std::set<std::string>& autoresponder_options();

/// The exit status; nothing: it is none of these commands.
std::optional<int> run_autoresponder_command(const CommandLine& line);

int media_command(const CommandLine& line);  // media_commands.cc

}  // namespace stagecoach
