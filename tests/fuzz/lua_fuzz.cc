// Any text as a script of a pipeline: it ends soon, changes nothing after an error, loses no recipient and
// harms no later script.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "routing/lua/stage.h"

using namespace stagecoach;
using namespace stagecoach::routing;

static void require(bool promise) {
  if (!promise) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8192) return 0;
  auto scripts = std::make_shared<ScriptSet>();
  scripts->add("any", std::string(reinterpret_cast<const char*>(data), size));
  scripts->add("good", "function route(m) log(string.upper('a') .. type(1)) end");
  LuaLimits limits;
  limits.instructions_max = 100'000;
  limits.memory_max = std::size_t{1} << 20;
  LuaPool pool(scripts, limits);
  DirectoryEntries entries;
  entries.users.resize(1);
  entries.users[0].name = "fred";
  const Directory directory(std::move(entries),
                            {.local_domains = {"example.com"}, .default_domain = "example.com"});
  Arrival arrival;
  arrival.envelope.reverse_path = "a@b.example";
  arrival.envelope.recipients = {{"fred@example.com", notify_unset, {}}};
  Facts facts;
  facts.has_message = true;
  facts.header = {{"Subject", "Order 17", {}}};
  const RoutingInput input{arrival, directory, facts};
  Draft draft = run_lua_stage(begin_draft(input), input, "any", ScriptPolicy::keep_going, pool);
  require(!draft.open.empty() || !draft.targets.empty() || !draft.remote.empty() ||
          !draft.plan.refused.empty() || draft.plan.discard || !draft.plan.list_work.empty());
  const Draft after = run_lua_stage(begin_draft(input), input, "good", ScriptPolicy::keep_going, pool);
  require(after.plan.log.size() == 1 && after.plan.log.front() == "good.lua:1: Anumber");
  return 0;
}
