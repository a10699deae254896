// The functions by which a routing script decides: accept, refuse, drop, redirect, add_recipient,
// remove_recipient, set_header, add_header, remove_header, folder, flag, hold, priority, recipients, log.
#pragma once

#include <string>
#include <vector>

#include "routing/lua/decisions.h"
#include "routing/lua/message_api.h"

struct lua_State;

namespace stagecoach::routing {

/// What one run of a routing script collects.
struct ScriptRun {
  MessageScope scope;
  std::vector<Decision> decisions;
  std::vector<std::string> log;  // "office.lua:12: text"
};

/// Sets the functions in the table on top. What is called wrongly raises an error with its line.
void set_decisions(lua_State* state, ScriptRun& run);

}  // namespace stagecoach::routing
