#include "routing/lua/hooks.h"

#include "routing/lua/message_api.h"
#include "routing/lua/stage.h"
#include "routing/lua/values.h"

namespace stagecoach::routing {
namespace {

std::string to_upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return result;
}

/// A call of one function with the message and what surrounds it.
LuaCall message_call(std::string_view script, std::string_view function, const MessageScope& scope) {
  LuaCall call;
  call.script = script;
  call.function = function;
  call.globals = [&scope](lua_State* state) { set_surroundings(state, scope); };
  call.arguments = [&scope](lua_State* state) {
    push_message(state, scope);
    return 1;
  };
  return call;
}

}  // namespace

// ---- signature.lua ----

Result<std::string> run_signature_script(LuaPool& pool, SignatureDirection direction,
                                         const SignatureRequest& request, const LuaMoment& moment) {
  std::string text;
  LuaCall call;
  call.script = "signature";
  call.function = direction == SignatureDirection::outgoing ? "GetSignature" : "GetInternalSignature";
  call.arguments = [&](lua_State* state) {
    push(state, request.format == SignatureFormat::html ? "HTML" : "PLAIN");
    push(state, request.user);
    push(state, request.sender);
    push(state, request.subject);
    if (!request.attributes) return lua_pushnil(state), 5;
    push(state, *request.attributes);
    for (const auto& [name, value] : *request.attributes) set_field(state, to_upper(name).c_str(), value);
    return 5;
  };
  call.results = 1;
  call.take = [&](lua_State* state, int first) {
    if (const auto answer = text_at(state, first))
      text = *answer;
    else if (!lua_isnil(state, first))
      luaL_error(state, "the signature is no text");
  };
  auto outcome = pool.run(call, moment);
  if (!outcome) return std::move(outcome.error());
  return text;
}

SignatureScripts signature_scripts(LuaPool& pool, const RoutingInput& input, ScriptErrors errors) {
  if (!pool.scripts().find("signature")) return {};
  return {[&pool, input, errors = std::move(errors)](SignatureDirection direction, SignatureFormat format) {
    const std::string& login = input.arrival.origin.authenticated_user;
    const User* user = login.empty() ? nullptr : input.directory.find_user(login);
    const std::string& path = input.arrival.envelope.reverse_path;
    SignatureRequest request{format, user ? std::string_view(user->name) : std::string_view(), path,
                             input.facts.first("Subject"), user ? &user->profile->address_book : nullptr};
    auto text = run_signature_script(pool, direction, request, moment_of(input));
    if (text) return std::move(*text);
    if (errors) errors(text.error());
    return std::string();
  }};
}

// ---- monitor.lua ----

Result<std::optional<MonitorTargets>> run_monitor_script(LuaPool& pool, MonitorKind kind,
                                                         const RoutingInput& input) {
  constexpr const char* k_functions[] = {"MonitorIncoming", "MonitorInternal", "MonitorOut"};
  std::optional<MonitorTargets> targets;
  const MessageScope scope{input};
  LuaCall call = message_call("monitor", k_functions[static_cast<std::size_t>(kind)], scope);
  call.results = 1;
  call.take = [&](lua_State* state, int first) {
    if (lua_isnil(state, first)) return;
    if (lua_isboolean(state, first) && lua_toboolean(state, first) == 0)
      targets.emplace();
    else if (!(targets = texts_at(state, first)))
      luaL_error(state, "the answer is no target, list of targets or nil");
  };
  auto outcome = pool.run(call, moment_of(input));
  if (!outcome) return std::move(outcome.error());
  return targets;
}

// ---- routing.lua ----

Result<std::optional<RoutingChange>> run_routing_script(LuaPool& pool, const User& user,
                                                        const RoutingInput& input) {
  std::optional<RoutingChange> change;
  const MessageScope scope{input};
  LuaCall call = message_call("routing", "RouteMessage", scope);
  call.arguments = [&](lua_State* state) {
    push_user(state, user, input.directory);
    push_message(state, scope);
    return 2;
  };
  call.results = 1;
  call.take = [&](lua_State* state, int first) {
    if (lua_isnil(state, first)) return;
    luaL_checktype(state, first, LUA_TTABLE);
    RoutingChange result;
    lua_getfield(state, first, "assistants");
    result.assistants = texts_at(state, -1);
    lua_getfield(state, first, "forward_to");
    result.forward_to = texts_at(state, -1);
    if (lua_getfield(state, first, "keep") == LUA_TBOOLEAN) result.keep = lua_toboolean(state, -1) != 0;
    change = std::move(result);
  };
  auto outcome = pool.run(call, moment_of(input));
  if (!outcome) return std::move(outcome.error());
  return change;
}

// ---- password.lua ----

Result<std::optional<std::string>> run_password_script(LuaPool& pool, std::string_view user,
                                                       std::string_view password, std::string_view which,
                                                       const LuaMoment& moment) {
  std::optional<std::string> fault;
  LuaCall call;
  call.script = "password";
  call.function = "CheckPassword";
  call.arguments = [&](lua_State* state) {
    push(state, user);
    push(state, password);
    push(state, which);
    return 3;
  };
  call.results = 2;
  call.take = [&](lua_State* state, int first) {
    const auto reason = text_at(state, first + 1);
    const bool refused = lua_isboolean(state, first) ? lua_toboolean(state, first) == 0
                                                     : lua_isnil(state, first) && reason.has_value();
    if (refused) fault = reason ? std::string(*reason) : std::string("the password is not suitable");
  };
  auto outcome = pool.run(call, moment);
  if (!outcome) return std::move(outcome.error());
  return fault;
}

// ---- messages to all users ----

Result<AdministratorMessageText> run_message_script(LuaPool& pool, std::string_view script,
                                                    const AdministratorMessageFacts& facts,
                                                    const LuaMoment& moment) {
  AdministratorMessageText result;
  LuaCall call;
  call.script = "message";
  call.text = script;
  call.globals = [&](lua_State* state) {
    set_field(state, "Username", facts.user);
    set_integer(state, "MessageCount", facts.messages);
    set_integer(state, "MailboxSize", facts.mailbox_bytes);
    set_integer(state, "MailboxQuota", facts.quota_bytes);
    push(state, facts.attributes ? *facts.attributes : std::map<std::string, std::string>(), to_upper);
    lua_setfield(state, -2, "LDAP");
  };
  call.take_globals = [&](lua_State* state) {
    lua_getfield(state, -1, "DontSend");
    result.send =
        !(lua_isnumber(state, -1) != 0 ? lua_tonumber(state, -1) == 1 : lua_toboolean(state, -1) != 0);
  };
  auto outcome = pool.run(call, moment);
  if (!outcome) return std::move(outcome.error());
  result.text = std::move(outcome->printed);
  return result;
}

}  // namespace stagecoach::routing
