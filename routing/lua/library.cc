#include "routing/lua/library.h"

#include <lua.hpp>

#include "routing/lua/sandbox.h"

namespace stagecoach::routing {
namespace {

constexpr std::int64_t k_bytes_a_step = 16;

// load, loadfile and dofile would take byte code and files, collectgarbage the memory limit; warn writes to
// stderr, _G would show the table that all calls share.
constexpr const char* k_not_offered[] = {"load", "loadfile", "dofile", "collectgarbage", "warn", "_G"};
constexpr const char* k_no_string[] = {"dump", "pack", "packsize", "unpack"};

void remove_all(lua_State* state, auto&& names) {
  for (const char* name : names) {
    lua_pushnil(state);
    lua_setfield(state, -2, name);
  }
}

void charge(lua_State* state, std::int64_t steps) { LuaSandbox::of(state).charge(state, steps); }

// ---- functions of the base library ----

bool is_protected(lua_State* state, int index) {
  if (luaL_getmetafield(state, index, "__metatable") == LUA_TNIL) return false;
  lua_pop(state, 1);
  return true;
}

int rawset_function(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  luaL_checkany(state, 3);
  lua_settop(state, 3);
  if (is_protected(state, 1)) {
    // The globals of a call are its own; libraries belong to all.
    lua_getfield(state, LUA_REGISTRYINDEX, "stagecoach.globals");
    if (lua_rawequal(state, 1, -1) == 0) return luaL_error(state, "this table is read only");
    lua_settop(state, 3);
  }
  lua_rawset(state, 1);
  return 1;
}

/// Finalizers would run where no limit counts.
int setmetatable_function(lua_State* state) {
  luaL_checktype(state, 1, LUA_TTABLE);
  luaL_argexpected(state, lua_isnoneornil(state, 2) || lua_istable(state, 2), 2, "nil or table");
  lua_settop(state, 2);
  if (is_protected(state, 1)) return luaL_error(state, "cannot change a protected metatable");
  if (lua_istable(state, 2)) {
    for (const char* name : {"__gc", "__close"}) {
      lua_pushstring(state, name);
      if (lua_rawget(state, 2) != LUA_TNIL) return luaL_error(state, "%s is not offered", name);
      lua_pop(state, 1);
    }
  }
  lua_setmetatable(state, 1);
  return 1;
}

/// Calls the handler after the error, not inside of it: Lua's own xpcall would run it where no limit counts.
int xpcall_function(lua_State* state) {
  luaL_checktype(state, 2, LUA_TFUNCTION);
  const int arguments = lua_gettop(state) - 2;
  lua_pushvalue(state, 1);
  lua_copy(state, 2, 1);  // the handler at the bottom, the function above it
  lua_replace(state, 2);
  if (lua_pcall(state, arguments, LUA_MULTRET, 0) == LUA_OK) {
    lua_pushboolean(state, 1);
    lua_replace(state, 1);
    return lua_gettop(state);
  }
  lua_pushboolean(state, 0);
  lua_insert(state, 1);
  lua_call(state, 1, 1);
  return 2;
}

// ---- functions that could run long ----

/// Calls the function that it stands for, with the same arguments.
int pass_on(lua_State* state) {
  lua_pushvalue(state, lua_upvalueindex(1));
  lua_insert(state, 1);
  lua_call(state, lua_gettop(state) - 1, LUA_MULTRET);
  return lua_gettop(state);
}

int charged_by_table(lua_State* state) {
  charge(state, static_cast<std::int64_t>(lua_istable(state, 1) ? lua_rawlen(state, 1) : 0) / 8);
  return pass_on(state);
}

/// Comparing takes about 20 steps an element.
int charged_sort(lua_State* state) {
  charge(state, static_cast<std::int64_t>(lua_istable(state, 1) ? lua_rawlen(state, 1) : 0) * 4);
  return pass_on(state);
}

int charged_by_text(lua_State* state) {
  charge(state, static_cast<std::int64_t>(lua_type(state, 1) == LUA_TSTRING ? lua_rawlen(state, 1) : 0) /
                    k_bytes_a_step);
  return pass_on(state);
}

/// For functions whose arguments `from` and `from` + 1 are the first and the last element.
void charge_range(lua_State* state, int from) {
  const auto first = luaL_optinteger(state, from, 1);
  const auto fallback = lua_istable(state, 1) ? static_cast<lua_Integer>(lua_rawlen(state, 1)) : 0;
  const auto last = luaL_optinteger(state, from + 1, fallback);
  if (last < first) return;
  const auto count = static_cast<lua_Unsigned>(last) - static_cast<lua_Unsigned>(first);
  charge(state, count > INT64_MAX / 2 ? INT64_MAX / 2 : static_cast<std::int64_t>(count));
}
int charged_from_second(lua_State* state) {
  charge_range(state, 2);
  return pass_on(state);
}

/// An empty text repeated without end makes no text, but takes the time.
int charged_rep(lua_State* state) {
  const auto count = luaL_checkinteger(state, 2);
  std::size_t size = 0, between = 0;
  luaL_checklstring(state, 1, &size);
  luaL_optlstring(state, 3, "", &between);
  if (count > 0) {
    const auto bytes = static_cast<std::uint64_t>(size) + between;
    const auto times = static_cast<std::uint64_t>(count);
    const std::uint64_t bytes_max = LuaSandbox::of(state).memory_max();
    if (bytes > 0 && times > bytes_max / bytes) return luaL_error(state, "the result would be too long");
    charge(state, count);
  }
  return pass_on(state);
}

/// Field of the table on top becomes a function that is charged and calls the original.
void wrap(lua_State* state, const char* name, lua_CFunction with) {
  lua_getfield(state, -1, name);
  lua_pushcclosure(state, with, 1);
  lua_setfield(state, -2, name);
}

// ---- libraries ----

int read_only(lua_State* state) { return luaL_error(state, "this table is read only"); }

/// The library on top becomes global as a table that nobody can change: states outlive the calls.
void seal(lua_State* state, const char* name) {
  lua_newtable(state);
  lua_newtable(state);
  lua_pushvalue(state, -3);
  lua_setfield(state, -2, "__index");
  lua_pushcfunction(state, &read_only);
  lua_setfield(state, -2, "__newindex");
  lua_pushliteral(state, "protected");
  lua_setfield(state, -2, "__metatable");
  lua_setmetatable(state, -2);
  lua_setglobal(state, name);
  lua_pop(state, 1);
}

void open_base(lua_State* state) {
  luaL_requiref(state, LUA_GNAME, luaopen_base, 0);
  remove_all(state, k_not_offered);
  lua_pushcfunction(state, &rawset_function);
  lua_setfield(state, -2, "rawset");
  lua_pushcfunction(state, &setmetatable_function);
  lua_setfield(state, -2, "setmetatable");
  lua_pushcfunction(state, &xpcall_function);
  lua_setfield(state, -2, "xpcall");
  wrap(state, "tonumber", &charged_by_text);
  lua_pop(state, 1);
}

void open_string(lua_State* state) {
  luaL_requiref(state, LUA_STRLIBNAME, luaopen_string, 0);
  remove_all(state, k_no_string);
  open_patterns(state);
  wrap(state, "rep", &charged_rep);
  // getmetatable("") would show the library itself.
  lua_pushliteral(state, "");
  lua_getmetatable(state, -1);
  lua_pushliteral(state, "protected");
  lua_setfield(state, -2, "__metatable");
  lua_pop(state, 2);
  seal(state, LUA_STRLIBNAME);
}

void open_table(lua_State* state) {
  luaL_requiref(state, LUA_TABLIBNAME, luaopen_table, 0);
  for (const char* name : {"insert", "remove", "concat"}) wrap(state, name, &charged_by_table);
  for (const char* name : {"unpack", "move"}) wrap(state, name, &charged_from_second);
  wrap(state, "sort", &charged_sort);
  seal(state, LUA_TABLIBNAME);
}

}  // namespace

void open_libraries(lua_State* state) {
  open_base(state);
  open_string(state);
  open_table(state);
  luaL_requiref(state, LUA_MATHLIBNAME, luaopen_math, 0);
  constexpr const char* k_no_math[] = {"randomseed"};  // the seed is given from outside
  remove_all(state, k_no_math);
  seal(state, LUA_MATHLIBNAME);
  luaL_requiref(state, LUA_UTF8LIBNAME, luaopen_utf8, 0);
  for (const char* name : {"len", "codepoint", "offset"}) wrap(state, name, &charged_by_text);
  seal(state, LUA_UTF8LIBNAME);
  open_os(state);
  seal(state, LUA_OSLIBNAME);
}

}  // namespace stagecoach::routing
