#include "routing/lua/stage.h"

#include <bit>

#include "routing/lua/decision_api.h"
#include "routing/lua/values.h"
#include "routing/refuse.h"

namespace stagecoach::routing {
namespace {

constexpr std::string_view k_prefix = "lua:";
constexpr std::string_view k_function = "route";
constexpr std::size_t k_log_line_bytes_max = 1000;

Result<LuaOutcome> call_script(std::string_view script, ScriptRun& run, LuaPool& pool) {
  LuaCall call;
  call.script = script;
  call.function = k_function;
  call.globals = [&](lua_State* state) {
    set_surroundings(state, run.scope);
    set_decisions(state, run);
  };
  call.arguments = [&](lua_State* state) {
    push_message(state, run.scope);
    return 1;
  };
  return pool.run(call, moment_of(run.scope.in));
}

void take_log(Draft& draft, std::string_view script, ScriptRun& run, const LuaOutcome& outcome) {
  for (std::string& line : run.log) draft.plan.log.push_back(std::move(line));
  if (!outcome.printed.empty())
    draft.plan.log.push_back(std::string(script) + ": " + outcome.printed.substr(0, k_log_line_bytes_max));
}

Draft after_error(Draft draft, const RoutingInput& input, const std::string& stage, ScriptPolicy policy,
                  const Error& error) {
  draft.plan.log.push_back("script error: " + error.reason);
  const ScriptFault fault = parse_script_fault(stage, error.reason);
  const std::string where = fault.line > 0 ? fault.file + ":" + std::to_string(fault.line) : std::string();
  const std::string rule = "script " + stage.substr(k_prefix.size());
  // Only a client can be asked to come again.
  const bool defer = policy == ScriptPolicy::defer && has_client(input.arrival.origin.source);
  draft.reason(
      stage, rule, where,
      "error: " + fault.message + (defer ? "; the message is deferred" : "; the message goes on without it"));
  if (defer) refuse_all(draft, input, stage, {451, "4.3.0", "A rule failed, try again later"}, where);
  return draft;
}

/// std::function copies it with every copy of the stage, and LuaPool makes each copy its own state.
struct ScriptStage {
  std::string script;
  ScriptPolicy policy;
  LuaPool pool;

  Draft operator()(Draft draft, const RoutingInput& input) {
    return run_lua_stage(std::move(draft), input, script, policy, pool);
  }
};

}  // namespace

LuaMoment moment_of(const RoutingInput& input) {
  const auto chance = std::bit_cast<std::uint64_t>(input.facts.chance);
  return {input.facts.now, input.facts.utc_offset,
          chance ^ static_cast<std::uint64_t>(input.arrival.id.value) * 0x9E3779B97F4A7C15u};
}

Draft run_lua_stage(Draft draft, const RoutingInput& input, std::string_view script, ScriptPolicy policy,
                    LuaPool& pool) {
  if (!input.facts.has_message || draft.loop || draft.dropped) return draft;
  const std::string stage = std::string(k_prefix) + std::string(script);
  ScriptRun run{{input, &draft}, {}, {}};
  auto outcome = call_script(script, run, pool);
  if (!outcome) return after_error(std::move(draft), input, stage, policy, outcome.error());
  take_log(draft, script, run, *outcome);
  return apply_decisions(std::move(draft), input, stage, run.decisions);
}

StageEntry make_lua_stage(std::string_view script, ScriptSetPtr scripts, const LuaLimits& limits,
                          ScriptPolicy policy) {
  return {std::string(k_prefix) + std::string(script),
          ScriptStage{std::string(script), policy, LuaPool(std::move(scripts), limits)}};
}

FindStage find_lua_stages(ScriptSetPtr scripts, LuaLimits limits, ScriptPolicy policy) {
  return [scripts = std::move(scripts), limits = std::move(limits),
          policy](std::string_view name) -> std::optional<StageEntry> {
    if (!name.starts_with(k_prefix) || !scripts) return {};
    const std::string_view script = name.substr(k_prefix.size());
    if (!scripts->find(script)) return {};
    return make_lua_stage(script, scripts, limits, policy);
  };
}

}  // namespace stagecoach::routing
