// `stagecoach summary`: the report about a day, shown or sent.
#pragma once

#include <nlohmann/json.hpp>

#include "actors/command_line.h"
#include "routing/usage_report.h"

namespace stagecoach {

/// What --json shows.
nlohmann::json json_of(const routing::UsageDay& day);

/// stagecoach summary [--date DAY] [--send] [--json]
int run_summary_command(const CommandLine& line);

}  // namespace stagecoach
