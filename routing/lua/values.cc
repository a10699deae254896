#include "routing/lua/values.h"

#include "routing/text.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_texts_max = 10'000;

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> texts;
  while (!text.empty()) {
    const auto end = std::min(text.find(';'), text.size());
    if (const auto one = trimmed(text.substr(0, end)); !one.empty()) texts.emplace_back(one);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return texts;
}

}  // namespace

void push(lua_State* state, std::string_view text) { lua_pushlstring(state, text.data(), text.size()); }

void push(lua_State* state, const std::vector<std::string>& texts) {
  lua_createtable(state, static_cast<int>(texts.size()), 0);
  lua_Integer place = 0;
  for (const std::string& text : texts) {
    push(state, text);
    lua_rawseti(state, -2, ++place);
  }
}

void push(lua_State* state, const std::map<std::string, std::string>& texts,
          const std::function<std::string(std::string_view)>& convert) {
  lua_createtable(state, 0, static_cast<int>(texts.size()));
  for (const auto& [name, text] : texts) {
    push(state, convert ? convert(name) : name);
    push(state, text);
    lua_rawset(state, -3);
  }
}

void set_field(lua_State* state, const char* name, std::string_view text) {
  push(state, text);
  lua_setfield(state, -2, name);
}
void set_field(lua_State* state, const char* name, const std::vector<std::string>& texts) {
  push(state, texts);
  lua_setfield(state, -2, name);
}
void set_number(lua_State* state, const char* name, double number) {
  lua_pushnumber(state, number);
  lua_setfield(state, -2, name);
}
void set_integer(lua_State* state, const char* name, std::int64_t number) {
  lua_pushinteger(state, number);
  lua_setfield(state, -2, name);
}
void set_boolean(lua_State* state, const char* name, bool value) {
  lua_pushboolean(state, value ? 1 : 0);
  lua_setfield(state, -2, name);
}
void set_function(lua_State* state, const char* name, lua_CFunction function, void* owner) {
  lua_pushlightuserdata(state, owner);
  lua_pushcclosure(state, function, 1);
  lua_setfield(state, -2, name);
}

std::string_view text_argument(lua_State* state, int place) {
  std::size_t size = 0;
  const char* text = luaL_checklstring(state, place, &size);
  return {text, size};
}

std::optional<std::string_view> text_at(lua_State* state, int index) {
  if (lua_isstring(state, index) == 0) return {};
  std::size_t size = 0;
  const char* text = lua_tolstring(state, index, &size);
  return std::string_view(text, size);
}

std::optional<std::vector<std::string>> texts_at(lua_State* state, int index) {
  if (const auto text = text_at(state, index)) return split(*text);
  if (!lua_istable(state, index)) return {};
  index = lua_absindex(state, index);
  std::vector<std::string> texts;
  const auto count = std::min<lua_Unsigned>(lua_rawlen(state, index), k_texts_max);
  for (lua_Unsigned place = 1; place <= count; ++place) {
    lua_rawgeti(state, index, static_cast<lua_Integer>(place));
    if (const auto text = text_at(state, -1)) texts.emplace_back(*text);
    lua_pop(state, 1);
  }
  return texts;
}

std::string script_line(lua_State* state) {
  lua_Debug place{};
  for (int level = 1; lua_getstack(state, level, &place) != 0; ++level) {
    lua_getinfo(state, "Sl", &place);
    if (place.currentline > 0) return std::string(place.short_src) + ":" + std::to_string(place.currentline);
  }
  return {};
}

}  // namespace stagecoach::routing
