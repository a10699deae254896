// The Lua scripts of a configuration: [scripts] folder, read at the start and at each reload, and what of
// [scripts] the pipeline needs. A script that is no Lua is a problem of the configuration.
#pragma once

#include "conf/config.h"
#include "conf/problem.h"
#include "routing/lua/stage.h"

namespace stagecoach {

struct LoadedScripts {
  routing::ScriptSetPtr scripts;  // never null
  conf::Problems problems;        // files that cannot be read, syntax errors with their line
};

/// All *.lua files of the folder, in the order of their names. No folder: no scripts, unless a stage needs
/// one.
LoadedScripts load_scripts(const conf::Config& config);

routing::LuaLimits script_limits(const conf::Config& config);
routing::ScriptPolicy script_policy(const conf::Config& config);

/// For Pipeline::of.
routing::FindStage find_script_stages(const conf::Config& config, routing::ScriptSetPtr scripts);

}  // namespace stagecoach
