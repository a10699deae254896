// Reading the table that a hook has answered: each field with its kind and limits. What is wrong raises a Lua
// error with the name of the field, so all of it runs protected, inside LuaSandbox::run.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <lua.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::routing {

/// A field with another name is a slip of the pen, which would change nothing without a word.
void allow_fields(lua_State* state, int table, std::initializer_list<const char*> names);

/// True in a field that is nil: `otherwise`.
bool boolean_field(lua_State* state, int table, const char* name, bool otherwise = false);
std::optional<std::int64_t> integer_field(lua_State* state, int table, const char* name, std::int64_t min,
                                          std::int64_t max);
/// One line of at most `bytes_max` bytes.
std::optional<std::string> line_field(lua_State* state, int table, const char* name,
                                      std::size_t bytes_max = 1000);
std::optional<std::string> address_field(lua_State* state, int table, const char* name);

/// "fred@example.com": what can stand in an envelope.
bool is_envelope_address(std::string_view text);

}  // namespace stagecoach::routing
