// The hooks of scripts for one message: signature.lua, autoresponder.lua and <lua> elements, monitor.lua,
// routing.lua, outmessage.lua, LanForwarding.lua as functions in its Facts.
#pragma once

#include <functional>
#include <string>

#include "actors/routing_facts.h"
#include "routing/lua/hooks.h"
#include "routing/lua/stage.h"

namespace stagecoach {

/// Lives as long as routing of the message runs, on one thread.
class ScriptHooks {
 public:
  ScriptHooks(const routing::ScriptSetPtr& scripts, const conf::Config& config);
  /// `report`: what becomes of errors of hooks.
  void put_into(Routed& routed, routing::ScriptErrors report);

 private:
  routing::LuaPool hooks_, elements_;
  std::vector<std::string> connections_;  // that have a sender
};

/// Time and chance for scripts that run without a message.
routing::LuaMoment script_moment();

}  // namespace stagecoach
