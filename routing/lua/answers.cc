#include "routing/lua/answers.h"

#include <algorithm>

#include "routing/lua/values.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_address_bytes_max = 320;

/// Pushes the field. False: it is nil, and nothing is left on the stack.
bool push_field(lua_State* state, int table, const char* name) {
  if (lua_getfield(state, table, name) != LUA_TNIL) return true;
  lua_pop(state, 1);
  return false;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 127; });
}

}  // namespace

void allow_fields(lua_State* state, int table, std::initializer_list<const char*> names) {
  table = lua_absindex(state, table);
  if (!lua_istable(state, table)) luaL_error(state, "the answer is neither a table nor true, false or nil");
  lua_pushnil(state);
  while (lua_next(state, table) != 0) {
    lua_pop(state, 1);
    const char* key = lua_type(state, -1) == LUA_TSTRING ? lua_tostring(state, -1) : nullptr;
    if (!key) luaL_error(state, "the answer is a table with named fields");
    const bool known = std::any_of(names.begin(), names.end(),
                                   [&](const char* name) { return std::string_view(name) == key; });
    if (!known) luaL_error(state, "the answer has an unknown field \"%s\"", key);
  }
}

bool boolean_field(lua_State* state, int table, const char* name, bool otherwise) {
  if (!push_field(state, table, name)) return otherwise;
  if (!lua_isboolean(state, -1)) luaL_error(state, "%s is true or false", name);
  const bool value = lua_toboolean(state, -1) != 0;
  lua_pop(state, 1);
  return value;
}

std::optional<std::int64_t> integer_field(lua_State* state, int table, const char* name, std::int64_t min,
                                          std::int64_t max) {
  if (!push_field(state, table, name)) return {};
  int is_integer = 0;
  const lua_Integer value = lua_tointegerx(state, -1, &is_integer);
  if (is_integer == 0 || value < min || value > max)
    luaL_error(state, "%s is a whole number from %I to %I", name, static_cast<LUAI_UACINT>(min),
               static_cast<LUAI_UACINT>(max));
  lua_pop(state, 1);
  return value;
}

std::optional<std::string> line_field(lua_State* state, int table, const char* name, std::size_t bytes_max) {
  if (!push_field(state, table, name)) return {};
  const auto text = text_at(state, -1);
  if (!text || text->size() > bytes_max || has_control(*text))
    luaL_error(state, "%s is a text of one line", name);
  std::optional<std::string> line(std::in_place, *text);
  lua_pop(state, 1);
  return line;
}

std::optional<std::string> address_field(lua_State* state, int table, const char* name) {
  if (!push_field(state, table, name)) return {};
  const auto text = text_at(state, -1);
  if (!text || !is_envelope_address(*text)) luaL_error(state, "%s is no address", name);
  std::optional<std::string> address(std::in_place, *text);
  lua_pop(state, 1);
  return address;
}

bool is_envelope_address(std::string_view text) {
  const auto at = text.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.size() <= k_address_bytes_max && !has_control(text) &&
         text.find_first_of(" <>,;\"") == std::string_view::npos;
}

}  // namespace stagecoach::routing
