#include "actors/script_hooks.h"

#include "actors/script_store.h"
#include "routing/lua/queue_hooks.h"

namespace stagecoach {

namespace {

template <class T>
std::optional<T> value_or_report(Result<std::optional<T>> result, const routing::ScriptErrors& report) {
  if (result) return std::move(*result);
  report(result.error());
  return {};
}

}  // namespace

routing::LuaMoment script_moment() {
  const Time now = current_time();
  return {now, utc_offset(now), static_cast<std::uint64_t>(microseconds(now))};
}

ScriptHooks::ScriptHooks(const routing::ScriptSetPtr& scripts, const conf::Config& config)
    : hooks_(scripts, script_limits(config)),
      elements_(nullptr, routing::limits_of_users(script_limits(config))) {
  if (hooks_.scripts().empty()) return;
  for (const conf::SenderSettings& sender : config.senders) connections_.push_back(sender.connection);
}

void ScriptHooks::put_into(Routed& routed, routing::ScriptErrors report) {
  routing::Facts& facts = routed.facts;
  const auto message = [&routed] { return routed.arrival.content->head; };
  const routing::LuaMoment moment = routing::moment_of(*routed.input);
  facts.autoresponse_lua = routing::autoresponder_element(elements_, moment, message, report);
  if (hooks_.scripts().empty()) return;
  facts.autoresponse_script = routing::autoresponder_script(hooks_, moment, message, report);
  facts.signature_scripts = routing::signature_scripts(hooks_, *routed.input, report);
  facts.monitor_script = [this, &routed, report](routing::MonitorKind kind) {
    return value_or_report(routing::run_monitor_script(hooks_, kind, *routed.input), report);
  };
  facts.routing_script = [this, &routed, report](const User& user) {
    return value_or_report(routing::run_routing_script(hooks_, user, *routed.input), report);
  };
  facts.queue_scripts = routing::queue_scripts(hooks_, *routed.input, connections_, report);
}

}  // namespace stagecoach
