// What a reload would change, in words, one line a change; secrets are masked.
#pragma once

#include <string>
#include <vector>

#include "conf/config.h"

namespace stagecoach::conf {

/// "user fred is added (stagecoach.toml:12)", "mapping sales: target albert -> kate (stagecoach.toml:40)",
/// "server: hostname a -> b", "list customers: members +bob, -kate". Where an entry stands is no change of
/// its own. Texts of more than 120 characters are cut, members are counted when more than six change.
std::vector<std::string> describe_changes(const Config& before, const Config& after);

}  // namespace stagecoach::conf
