// What scripts find in their state besides what a hook gives them: the harmless part of Lua's own library,
// with functions of the same names in the place of those that could run long or reach outside.
// The functions run protected, inside LuaSandbox::run.
#pragma once

#include <string_view>

struct lua_State;

namespace stagecoach::routing {

/// Fills the state's table of globals.
void open_libraries(lua_State* state);

/// find, match, gmatch and gsub: the string library's table is on top of the stack.
void open_patterns(lua_State* state);

/// Pushes the table `os`: time, date, clock and difftime, by the moment of the call.
void open_os(lua_State* state);

}  // namespace stagecoach::routing
