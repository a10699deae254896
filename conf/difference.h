// What a reload would change, in words, one line a change; secrets are masked.
#pragma once

#include <string>
#include <vector>

#include "conf/config.h"

namespace stagecoach::conf {

/// "user fred is added (stagecoach.toml:12)", "mapping sales: target albert -> kate (stagecoach.toml:40)",
/// "server: hostname a -> b". Where an entry stands is no change of its own.
std::vector<std::string> describe_changes(const Config& before, const Config& after);

}  // namespace stagecoach::conf
