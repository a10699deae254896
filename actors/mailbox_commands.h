// The commands about mailboxes as an administrator sees them: deleted mail, folders, prune rules, messages to
// users (docs/reference/recycle-bin.md, prune.md, commands.md).
#pragma once

#include <optional>
#include <set>
#include <string>

#include "actors/command_line.h"

namespace stagecoach {

/// Options of these commands, and those of them that take no value.
const std::set<std::string>& mailbox_flags();
const std::set<std::string>& mailbox_options();

/// The exit status; nothing: it is none of these commands.
std::optional<int> run_mailbox_command(const CommandLine& line);

int export_folders(const CommandLine& line);   // mailbox_export_command.cc
int message_command(const CommandLine& line);  // message_command.cc

}  // namespace stagecoach
