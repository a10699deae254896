// A Lua script as a stage of the pipeline (docs/reference/lua.md, "Routing stages"): "lua:office" runs the
// function route(message) of office.lua. What it decides is carried out when it has ended without an error,
// each decision with a reason that names its line. Not run at RCPT, where there is no message yet.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "routing/lua/sandbox.h"
#include "routing/pipeline.h"

namespace stagecoach::routing {

/// What becomes of a message whose script fails.
enum class ScriptPolicy : std::uint8_t {
  keep_going,  // as if the script did not exist
  defer,       // 451 4.3.0 for every recipient
};

Draft run_lua_stage(Draft draft, const RoutingInput& input, std::string_view script, ScriptPolicy policy,
                    LuaPool& pool);

/// The stage "lua:<script>". Each copy of it has a state of its own.
StageEntry make_lua_stage(std::string_view script, ScriptSetPtr scripts, const LuaLimits& limits,
                          ScriptPolicy policy);

/// For Pipeline::of: finds "lua:<name>" when the set has the script.
FindStage find_lua_stages(ScriptSetPtr scripts, LuaLimits limits, ScriptPolicy policy);

/// Time and chance of a message, for its scripts.
LuaMoment moment_of(const RoutingInput& input);

}  // namespace stagecoach::routing
