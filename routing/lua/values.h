// Values that go into a Lua state and come back. All of it runs protected, inside LuaSandbox::run: what a
// script gave wrongly becomes a Lua error that names its line.
#pragma once

#include <cstdint>
#include <functional>
#include <lua.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::routing {

void push(lua_State* state, std::string_view text);
void push(lua_State* state, const std::vector<std::string>& texts);
/// The keys as `convert` makes them.
void push(lua_State* state, const std::map<std::string, std::string>& texts,
          const std::function<std::string(std::string_view)>& convert = {});

/// Field of the table on top of the stack.
void set_field(lua_State* state, const char* name, std::string_view text);
void set_field(lua_State* state, const char* name, const std::vector<std::string>& texts);
void set_number(lua_State* state, const char* name, double number);
void set_integer(lua_State* state, const char* name, std::int64_t number);
void set_boolean(lua_State* state, const char* name, bool value);
/// A function that finds `owner` by owner_of.
void set_function(lua_State* state, const char* name, lua_CFunction function, void* owner);
template <class T>
T& owner_of(lua_State* state) {
  return *static_cast<T*>(lua_touserdata(state, lua_upvalueindex(1)));
}

/// The place of the first argument: scripts may write message.header("To") and message:header("To").
inline int first_argument(lua_State* state) { return lua_istable(state, 1) ? 2 : 1; }

/// A text or a number; raises an error for anything else.
std::string_view text_argument(lua_State* state, int place);

/// A text or number at this index; nothing otherwise. The view lives as long as the value.
std::optional<std::string_view> text_at(lua_State* state, int index);
/// The texts of a table, or a single text, which may be a list separated by ';'; nothing otherwise.
std::optional<std::vector<std::string>> texts_at(lua_State* state, int index);

/// Where the script stands: "office.lua:12"; empty when that is not known.
std::string script_line(lua_State* state);

}  // namespace stagecoach::routing
