// find, match, gmatch and gsub of the string library, on LuaPattern.
#include <lua.hpp>
#include <string>

#include "routing/lua/library.h"
#include "routing/lua/lua_pattern.h"
#include "routing/lua/sandbox.h"
#include "routing/lua/values.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_none = LuaPattern::k_none;

/// Raises what a search has ended with.
void check(lua_State* state, const LuaPattern& pattern) {
  LuaSandbox::of(state).charge(state, 0);
  if (*pattern.fault()) luaL_error(state, "%s", pattern.fault());
}

/// The place that a 1-based or negative position means; beyond the end: size + 1.
std::size_t start_of(lua_Integer position, std::size_t size) {
  if (position > 0)
    return static_cast<std::size_t>(std::min<lua_Integer>(position, static_cast<lua_Integer>(size) + 2) - 1);
  if (position == 0 || position < -static_cast<lua_Integer>(size)) return 0;
  return size - static_cast<std::size_t>(-position);
}

void push_capture(lua_State* state, const LuaPattern& pattern, std::size_t i, std::string_view subject,
                  std::size_t begin, std::size_t end) {
  if (i >= pattern.captures()) {
    if (i > 0) luaL_error(state, "invalid capture index %%%d", static_cast<int>(i) + 1);
    return push(state, subject.substr(begin, end - begin));
  }
  const LuaPattern::Capture& capture = pattern.capture(i);
  if (capture.is_position) return lua_pushinteger(state, static_cast<lua_Integer>(capture.begin) + 1);
  push(state, subject.substr(capture.begin, capture.size));
}

/// All captures, or the whole match when there are none.
int push_captures(lua_State* state, const LuaPattern& pattern, std::string_view subject, std::size_t begin,
                  std::size_t end) {
  const std::size_t count = std::max<std::size_t>(pattern.captures(), 1);
  luaL_checkstack(state, static_cast<int>(count), "too many captures");
  for (std::size_t i = 0; i < count; ++i) push_capture(state, pattern, i, subject, begin, end);
  return static_cast<int>(count);
}

struct Found {
  std::size_t begin = k_none, end = k_none;
};

Found search(lua_State* state, LuaPattern& pattern, std::size_t from, std::size_t size, bool anchored) {
  for (std::size_t begin = from; begin <= size; ++begin) {
    const std::size_t end = pattern.match_at(begin);
    if (end != k_none) return {begin, end};
    check(state, pattern);
    if (anchored) break;
  }
  return {};
}

int find_plain(lua_State* state, std::string_view subject, std::string_view text, std::size_t from) {
  // A search compares about each byte once, at worst each with each.
  LuaSandbox::of(state).charge(state,
                               static_cast<std::int64_t>(subject.size() / 16 * (1 + text.size() / 256)));
  const std::size_t place = subject.find(text, from);
  if (place == std::string_view::npos) return lua_pushnil(state), 1;
  lua_pushinteger(state, static_cast<lua_Integer>(place) + 1);
  lua_pushinteger(state, static_cast<lua_Integer>(place + text.size()));
  return 2;
}

int find_or_match(lua_State* state, bool find) {
  const std::string_view subject = text_argument(state, 1);
  std::string_view text = text_argument(state, 2);
  const std::size_t from = start_of(luaL_optinteger(state, 3, 1), subject.size());
  if (from > subject.size()) return lua_pushnil(state), 1;
  const bool special = text.find_first_of("^$*+?.([%-") != std::string_view::npos;
  if (find && (lua_toboolean(state, 4) != 0 || !special)) return find_plain(state, subject, text, from);
  const bool anchored = text.starts_with('^');
  if (anchored) text.remove_prefix(1);
  LuaPattern pattern(subject, text, LuaSandbox::of(state).steps_left());
  const Found found = search(state, pattern, from, subject.size(), anchored);
  if (found.end == k_none) return lua_pushnil(state), 1;
  if (!find) return push_captures(state, pattern, subject, found.begin, found.end);
  lua_pushinteger(state, static_cast<lua_Integer>(found.begin) + 1);
  lua_pushinteger(state, static_cast<lua_Integer>(found.end));
  return 2 + (pattern.captures() > 0 ? push_captures(state, pattern, subject, found.begin, found.end) : 0);
}

int find_function(lua_State* state) { return find_or_match(state, true); }
int match_function(lua_State* state) { return find_or_match(state, false); }

/// Upvalues: subject, pattern, where to go on, where the last match ended (or -1).
int gmatch_next(lua_State* state) {
  const std::string_view subject = *text_at(state, lua_upvalueindex(1));
  const auto last = lua_tointeger(state, lua_upvalueindex(4));
  LuaPattern pattern(subject, *text_at(state, lua_upvalueindex(2)), LuaSandbox::of(state).steps_left());
  auto from = static_cast<std::size_t>(lua_tointeger(state, lua_upvalueindex(3)));
  for (; from <= subject.size(); ++from) {
    const std::size_t end = pattern.match_at(from);
    check(state, pattern);
    if (end == k_none || static_cast<lua_Integer>(end) == last) continue;
    for (const int upvalue : {3, 4}) {
      lua_pushinteger(state, static_cast<lua_Integer>(end));
      lua_replace(state, lua_upvalueindex(upvalue));
    }
    return push_captures(state, pattern, subject, from, end);
  }
  return 0;
}

int gmatch_function(lua_State* state) {
  const std::string_view subject = text_argument(state, 1);
  text_argument(state, 2);
  const std::size_t from = start_of(luaL_optinteger(state, 3, 1), subject.size());
  lua_settop(state, 2);
  lua_pushinteger(state, static_cast<lua_Integer>(from));
  lua_pushinteger(state, -1);
  lua_pushcclosure(state, &gmatch_next, 4);
  return 1;
}

/// The replacement of one match; nothing: it stays. "%1" stands for a capture, "%0" for the match.
void add_text(lua_State* state, std::string& result, const LuaPattern& pattern, std::string_view subject,
              std::size_t begin, std::size_t end) {
  const std::string_view text = *text_at(state, 3);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const char next = ++i < text.size() ? text[i] : '\0';
    if (next == '%') {
      result += '%';
    } else if (next == '0') {
      result.append(subject.substr(begin, end - begin));
    } else if (next >= '1' && next <= '9') {
      push_capture(state, pattern, static_cast<std::size_t>(next - '1'), subject, begin, end);
      result.append(text_at(state, -1).value_or(""));
      lua_pop(state, 1);
    } else {
      luaL_error(state, "invalid use of '%%' in replacement string");
    }
  }
}

void add_replacement(lua_State* state, std::string& result, const LuaPattern& pattern,
                     std::string_view subject, std::size_t begin, std::size_t end) {
  const int kind = lua_type(state, 3);
  if (kind == LUA_TSTRING || kind == LUA_TNUMBER)
    return add_text(state, result, pattern, subject, begin, end);
  if (kind == LUA_TTABLE) {
    push_capture(state, pattern, 0, subject, begin, end);
    lua_gettable(state, 3);
  } else {
    lua_pushvalue(state, 3);
    lua_call(state, push_captures(state, pattern, subject, begin, end), 1);
  }
  if (lua_toboolean(state, -1) == 0) {
    result.append(subject.substr(begin, end - begin));
  } else if (const auto text = text_at(state, -1)) {
    result.append(*text);
  } else {
    luaL_error(state, "invalid replacement value (a %s)", luaL_typename(state, -1));
  }
  lua_pop(state, 1);
}

int gsub_function(lua_State* state) {
  const std::string_view subject = text_argument(state, 1);
  std::string_view text = text_argument(state, 2);
  const int kind = lua_type(state, 3);
  luaL_argexpected(state,
                   kind == LUA_TSTRING || kind == LUA_TNUMBER || kind == LUA_TTABLE || kind == LUA_TFUNCTION,
                   3, "string/function/table");
  if (kind == LUA_TNUMBER) lua_tostring(state, 3);
  const auto times_max = luaL_optinteger(state, 4, static_cast<lua_Integer>(subject.size()) + 1);
  const bool anchored = text.starts_with('^');
  if (anchored) text.remove_prefix(1);
  LuaSandbox& sandbox = LuaSandbox::of(state);
  LuaPattern pattern(subject, text, sandbox.steps_left());
  std::string result;
  std::size_t begin = 0, last = k_none;
  lua_Integer times = 0;
  while (times < times_max) {
    const std::size_t end = pattern.match_at(begin);
    check(state, pattern);
    const std::size_t size = result.size();
    if (end != k_none && end != last) {
      ++times;
      add_replacement(state, result, pattern, subject, begin, end);
      begin = last = end;
    } else if (begin < subject.size()) {
      result += subject[begin++];
    } else {
      break;
    }
    sandbox.charge(state, static_cast<std::int64_t>((result.size() - size) / 16));
    if (result.size() > sandbox.memory_max()) return luaL_error(state, "the result is too long");
    if (begin > subject.size() || anchored) break;
  }
  result.append(subject.substr(std::min(begin, subject.size())));
  push(state, result);
  lua_pushinteger(state, times);
  return 2;
}

}  // namespace

void open_patterns(lua_State* state) {
  constexpr luaL_Reg k_functions[] = {{"find", &find_function},
                                      {"match", &match_function},
                                      {"gmatch", &gmatch_function},
                                      {"gsub", &gsub_function},
                                      {nullptr, nullptr}};
  luaL_setfuncs(state, k_functions, 0);
}

}  // namespace stagecoach::routing
