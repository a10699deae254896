// Scripts in a line, for the tests of routing/lua.
#pragma once

#include <lua.hpp>

#include "routing/lua/hooks.h"
#include "routing/lua/stage.h"
#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {

inline ScriptSetPtr scripts(const std::vector<std::pair<std::string, std::string>>& texts) {
  auto set = std::make_shared<ScriptSet>();
  for (const auto& [name, text] : texts) set->add(name, text);
  return set;
}

/// Limits that end a test soon.
inline LuaLimits small_limits() {
  LuaLimits limits;
  limits.instructions_max = 2'000'000;
  limits.memory_max = std::size_t{4} * 1024 * 1024;
  return limits;
}

inline LuaMoment noon() {
  return {Time(std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) + std::chrono::hours(12)),
          std::chrono::hours(1), 7};
}

/// What a script prints, or "error: …".
inline std::string printed(LuaPool& pool, const std::string& text) {
  LuaCall call;
  call.script = "test";
  call.text = text;
  const auto outcome = pool.run(call, noon());
  return outcome ? outcome->printed : "error: " + outcome.error().reason;
}

}  // namespace stagecoach::routing
