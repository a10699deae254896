// The Lua scripts of a configuration: [scripts] folder, read at the start and at each reload, and what of
// [scripts] the pipeline needs. A script that is no Lua is a problem of the configuration.
#pragma once

#include <string>
#include <vector>

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

/// A script that the program calls by its name, and what it may look like.
struct KnownScript {
  std::string name;   // "signature"
  std::string frame;  // does nothing
};
const std::vector<KnownScript>& known_scripts();
/// The text of a new script of this name.
std::string script_frame(const std::string& name);

enum class SaveMode : std::uint8_t { create, replace };
/// Writes the script into the folder, as a whole or not at all, and gives the path. Its syntax is checked
/// before. `file` of the script is its name, with or without ".lua".
Result<std::string> save_script(const conf::Config& config, const routing::Script& script, SaveMode mode);

/// Runs a script as a whole; others are there for `require`. What it printed.
Result<std::string> run_script(const routing::Script& script, const routing::ScriptSetPtr& others,
                               const routing::LuaLimits& limits, const routing::LuaMoment& moment);

routing::LuaLimits script_limits(const conf::Config& config);
routing::ScriptPolicy script_policy(const conf::Config& config);

/// For Pipeline::of.
routing::FindStage find_script_stages(const conf::Config& config, routing::ScriptSetPtr scripts);

}  // namespace stagecoach
