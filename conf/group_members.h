// Declared users of declared groups that do not force their settings.
#pragma once

#include "conf/checks.h"

namespace stagecoach::conf {

/// Gives each user what his primary group sets and he does not: a new member starts with it, and what stands
/// in the file at the user himself counts more. Groups of the database give their settings to users of the
/// database only, when they join.
void give_group_settings(Config& config, const Sources& sources);

}  // namespace stagecoach::conf
