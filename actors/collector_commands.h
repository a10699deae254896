// `stagecoach collector …` and `stagecoach explain download` (docs/reference/collectors.md).
#pragma once

#include <set>
#include <string>

#include "actors/command_line.h"

namespace stagecoach {

/// Options of these commands, and those of them that take no value.
const std::set<std::string>& collector_flags();
const std::set<std::string>& collector_options();

/// The exit status.
int run_collector_command(const CommandLine& line);
int explain_download_command(const CommandLine& line);

}  // namespace stagecoach
