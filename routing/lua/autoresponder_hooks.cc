// <lua> elements of automatic answers, and autoresponder.lua, which runs for each answer.
#include <algorithm>
#include <cctype>

#include "routing/lua/hooks.h"
#include "routing/lua/values.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_message_bytes_max = std::size_t{1024} * 1024;
constexpr std::size_t k_faults_max = 10;  // of one answer
constexpr const char* k_table = "Autoresponder";

bool is_name(std::string_view text) {
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

/// The place of the definition among those of its user, from 1; 0: it is a template.
lua_Integer number_of(const AutoresponseScope& scope) {
  const auto& own = scope.user.profile->autoresponder.definitions;
  const auto found = std::find_if(own.begin(), own.end(), [&](const AutoresponderDefinition& definition) {
    return &definition == &scope.definition;
  });
  return found == own.end() ? 0 : found - own.begin() + 1;
}

// ---- into the script ----

void set_table(lua_State* state, const AutoresponseScope& scope) {
  lua_createtable(state, 0, 16);
  set_integer(state, "ID", number_of(scope));
  set_integer(state, "OwnerID", scope.user.id.value);
  set_field(state, "Name", scope.definition.name);
  set_field(state, "Text", scope.definition.response_text);
  set_boolean(state, "Keep", scope.keep_original);
  set_integer(state, "Checklog", scope.min_interval_hours);
  set_field(state, "Sender", scope.sender);
  set_field(state, "ReplyTo", scope.reply_to);
  set_field(state, "Subject", scope.subject);
  set_field(state, "SubjectPrefix", scope.subject_prefix);
  set_integer(state, "AppendMsg", static_cast<int>(scope.append_original));
  set_field(state, "To", scope.to);
  set_field(state, "CopyTo", scope.copy_to);
  set_field(state, "Attachments", scope.attachments);
  set_boolean(state, "Veto", scope.veto);
  lua_setfield(state, -2, k_table);
}

void set_globals(lua_State* state, const AutoresponseScope& scope, std::string_view script,
                 const std::function<std::string()>& message) {
  for (const auto& [name, value] : scope.replacements)
    if (is_name(name)) set_field(state, name.c_str(), value);
  lua_createtable(state, 0, static_cast<int>(scope.replacements.size()));
  for (const auto& [name, value] : scope.replacements) set_field(state, name.c_str(), value);
  lua_setfield(state, -2, "Replacements");
  for (const auto& [name, value] : scope.fields) set_field(state, ("customfield_" + name).c_str(), value);
  // The whole message is fetched only for a script that names it.
  if (message && script.find("Message") != std::string_view::npos)
    set_field(state, "Message", std::string_view(message()).substr(0, k_message_bytes_max));
  set_table(state, scope);
}

// ---- and back ----

void take_text(lua_State* state, const char* name, std::string& value) {
  lua_getfield(state, -1, name);
  if (const auto text = text_at(state, -1))
    value = *text;
  else if (lua_isnil(state, -1))
    value.clear();
  else
    luaL_error(state, "%s.%s is no text", k_table, name);
  lua_pop(state, 1);
}

void take_texts(lua_State* state, const char* name, std::vector<std::string>& value) {
  lua_getfield(state, -1, name);
  if (lua_isnil(state, -1))
    value.clear();
  else if (auto texts = texts_at(state, -1))
    value = std::move(*texts);
  else
    luaL_error(state, "%s.%s is no table of texts", k_table, name);
  lua_pop(state, 1);
}

bool take_boolean(lua_State* state, const char* name) {
  lua_getfield(state, -1, name);
  const bool value =
      lua_isnumber(state, -1) != 0 ? lua_tonumber(state, -1) != 0 : lua_toboolean(state, -1) != 0;
  lua_pop(state, 1);
  return value;
}

std::int64_t take_number(lua_State* state, const char* name, std::int64_t max) {
  lua_getfield(state, -1, name);
  int is_number = 0;
  const lua_Integer value = lua_tointegerx(state, -1, &is_number);
  if (is_number == 0 || value < 0 || value > max)
    luaL_error(state, "%s.%s is no number from 0 to %I", k_table, name, static_cast<LUAI_UACINT>(max));
  lua_pop(state, 1);
  return value;
}

/// Nothing is taken over unless all of it can be read.
void take_scope(lua_State* state, AutoresponseScope& scope) {
  constexpr std::int64_t k_hours_max = 24 * 3660;
  if (lua_getfield(state, -1, k_table) != LUA_TTABLE) luaL_error(state, "%s is no table any more", k_table);
  AutoresponseScope taken = scope;
  taken.keep_original = take_boolean(state, "Keep");
  taken.min_interval_hours = take_number(state, "Checklog", k_hours_max);
  take_text(state, "Sender", taken.sender);
  take_text(state, "ReplyTo", taken.reply_to);
  take_text(state, "Subject", taken.subject);
  take_text(state, "SubjectPrefix", taken.subject_prefix);
  taken.append_original = static_cast<AppendOriginal>(take_number(state, "AppendMsg", 2));
  take_texts(state, "To", taken.to);
  take_texts(state, "CopyTo", taken.copy_to);
  take_texts(state, "Attachments", taken.attachments);
  taken.veto = take_boolean(state, "Veto");
  scope.keep_original = taken.keep_original;
  scope.min_interval_hours = taken.min_interval_hours;
  scope.sender = std::move(taken.sender);
  scope.reply_to = std::move(taken.reply_to);
  scope.subject = std::move(taken.subject);
  scope.subject_prefix = std::move(taken.subject_prefix);
  scope.append_original = taken.append_original;
  scope.to = std::move(taken.to);
  scope.copy_to = std::move(taken.copy_to);
  scope.attachments = std::move(taken.attachments);
  scope.veto = taken.veto;
}

Result<LuaOutcome> run(LuaPool& pool, LuaCall call, std::string_view text, AutoresponseScope& scope,
                       const std::function<std::string()>& message, const LuaMoment& moment) {
  call.globals = [&](lua_State* state) { set_globals(state, scope, text, message); };
  call.take_globals = [&](lua_State* state) { take_scope(state, scope); };
  return pool.run(call, moment);
}

void fail(AutoresponseScope& scope, const Error& error, const ScriptErrors& errors) {
  if (scope.faults.size() < k_faults_max) scope.faults.push_back(error.reason);
  if (errors) errors(error);
}

}  // namespace

LuaElement autoresponder_element(LuaPool& pool, LuaMoment moment, std::function<std::string()> message,
                                 ScriptErrors errors) {
  return [&pool, moment, message = std::move(message), errors = std::move(errors)](
             std::string_view script, AutoresponseScope& scope) -> std::string {
    const std::string name = "autoresponder " + scope.definition.name + " of " + scope.user.name;
    LuaCall call;
    call.script = name;
    call.text = script;
    auto outcome = run(pool, std::move(call), script, scope, message, moment);
    if (outcome) return std::move(outcome->printed);
    fail(scope, outcome.error(), errors);
    return {};
  };
}

LuaGlobal autoresponder_script(LuaPool& pool, LuaMoment moment, std::function<std::string()> message,
                               ScriptErrors errors) {
  const Script* script = pool.scripts().find("autoresponder");
  if (!script) return {};
  return [&pool, script, moment, message = std::move(message),
          errors = std::move(errors)](AutoresponseScope& scope) {
    LuaCall call;
    call.script = "autoresponder";
    const auto outcome = run(pool, std::move(call), script->text, scope, message, moment);
    if (!outcome) fail(scope, outcome.error(), errors);
  };
}

}  // namespace stagecoach::routing
