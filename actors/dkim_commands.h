// `stagecoach dkim new DOMAIN` makes keys, `stagecoach dkim show` prints the records of those in the
// configuration. Neither needs a server (docs/reference/dkim.md).
#pragma once

#include <set>
#include <string>

#include "actors/command_line.h"

namespace stagecoach {

const std::set<std::string>& dkim_options();

/// The exit status.
int run_dkim_command(const CommandLine& line);

}  // namespace stagecoach
