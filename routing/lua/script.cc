#include "routing/lua/script.h"

#include <charconv>
#include <lua.hpp>

#include "routing/model/address.h"

namespace stagecoach::routing {
namespace {

constexpr std::string_view k_ending = ".lua";

std::string key_of(std::string_view name) {
  std::string key = to_lower(name);
  if (key.ends_with(k_ending)) key.resize(key.size() - k_ending.size());
  return key;
}

struct Close {
  void operator()(lua_State* state) const { lua_close(state); }
};

}  // namespace

void ScriptSet::add(std::string_view file, std::string text) {
  Script script{std::string(file), std::move(text)};
  if (!to_lower(file).ends_with(k_ending)) script.file += k_ending;
  scripts_[key_of(file)] = std::move(script);
}

const Script* ScriptSet::find(std::string_view name) const {
  const auto found = scripts_.find(key_of(name));
  return found == scripts_.end() ? nullptr : &found->second;
}

ScriptFault parse_script_fault(std::string_view file, std::string_view text) {
  ScriptFault fault{std::string(file), 0, std::string(text)};
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return fault;
  const auto [end, error] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), fault.line);
  if (error != std::errc() || end == text.data() + text.size() || *end != ':') {
    fault.line = 0;
    return fault;
  }
  fault.file = text.substr(0, colon);
  const auto rest = static_cast<std::size_t>(end - text.data()) + 1;
  fault.message = text.substr(
      text.find_first_not_of(' ', rest) == std::string_view::npos ? rest : text.find_first_not_of(' ', rest));
  return fault;
}

Result<void> check_script(const Script& script, ScriptFault* fault) {
  const std::unique_ptr<lua_State, Close> state(luaL_newstate());
  if (!state) return unavailable("no memory for a Lua state");
  const std::string name = "@" + script.file;
  if (luaL_loadbufferx(state.get(), script.text.data(), script.text.size(), name.c_str(), "t") == LUA_OK)
    return {};
  std::size_t size = 0;
  const char* text = lua_tolstring(state.get(), -1, &size);
  const std::string message = text ? std::string(text, size) : script.file + ": is no Lua";
  if (fault) *fault = parse_script_fault(script.file, message);
  return invalid_input(message);
}

}  // namespace stagecoach::routing
