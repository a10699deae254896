#include "routing/lua/sending_hooks.h"

#include "routing/lua/answers.h"
#include "routing/lua/values.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_messages = "MaxMessagesPerConnection";
constexpr const char* k_recipients = "MaxRecipientsPerConnection";
constexpr const char* k_message_recipients = "MaxRecipientsPerMessage";
constexpr const char* k_connected_server = "ConnectedServer";
constexpr std::int64_t k_limit_max = 1'000'000;
constexpr std::size_t k_name_bytes_max = 255;

struct TlsName {
  std::string_view name;
  SendingTls tls;
};
constexpr TlsName k_tls_names[] = {{"none", SendingTls::none},
                                   {"starttls", SendingTls::starttls},
                                   {"required", SendingTls::required},
                                   {"ssl", SendingTls::ssl}};

void take_tls(lua_State* state, int answer, ServerChange& change) {
  const auto name = line_field(state, answer, "tls");
  if (!name) return;
  for (const TlsName& known : k_tls_names)
    if (known.name == *name) change.tls = known.tls;
  if (!change.tls) luaL_error(state, "tls is none, starttls, required or ssl");
}

void take_details(lua_State* state, int answer, std::optional<ServerChange>& change) {
  if (lua_isnil(state, answer)) return;
  change.emplace();
  if (lua_isboolean(state, answer)) {
    change->skip = lua_toboolean(state, answer) == 0;
    return;
  }
  allow_fields(state, answer, {"skip", "port", "tls", "username", "password", "helo", "bind_address"});
  change->skip = boolean_field(state, answer, "skip");
  if (const auto port = integer_field(state, answer, "port", 1, 65535))
    change->port = static_cast<int>(*port);
  take_tls(state, answer, *change);
  change->username = line_field(state, answer, "username");
  change->password = line_field(state, answer, "password");
  change->helo = line_field(state, answer, "helo", k_name_bytes_max);
  if (change->helo && (change->helo->empty() || change->helo->find(' ') != std::string::npos))
    luaL_error(state, "helo is a name without blanks");
  change->bind_address = line_field(state, answer, "bind_address", k_name_bytes_max);
}

void set_limits(lua_State* state, const ConnectionLimits& limits) {
  set_integer(state, k_messages, limits.messages_per_connection);
  set_integer(state, k_recipients, limits.recipients_per_connection);
  set_integer(state, k_message_recipients, limits.recipients_per_message);
}

ConnectionLimits limits_at(lua_State* state, int globals) {
  ConnectionLimits limits;
  limits.messages_per_connection = integer_field(state, globals, k_messages, 0, k_limit_max).value_or(0);
  limits.recipients_per_connection = integer_field(state, globals, k_recipients, 0, k_limit_max).value_or(0);
  limits.recipients_per_message =
      integer_field(state, globals, k_message_recipients, 0, k_limit_max).value_or(0);
  return limits;
}

}  // namespace

Result<std::optional<ServerChange>> run_server_details(LuaPool& pool, std::string_view script,
                                                       const ServerFacts& facts, const LuaMoment& moment) {
  std::optional<ServerChange> change;
  LuaCall call;
  call.script = script;
  call.function = "ServerDetails";
  call.arguments = [&](lua_State* state) {
    push(state, facts.server);
    push(state, facts.domain);
    push(state, facts.sender);
    lua_pushinteger(state, facts.connection_id);
    push(state, facts.connection);
    return 5;
  };
  call.results = 1;
  call.take = [&](lua_State* state, int first) { take_details(state, first, change); };
  auto outcome = pool.run(call, moment);
  if (!outcome) return std::move(outcome.error());
  return change;
}

Result<ConnectionLimits> run_server_connected(LuaPool& pool, std::string_view script, std::string_view server,
                                              const ConnectionLimits& limits, const LuaMoment& moment) {
  ConnectionLimits result = limits;
  LuaCall call;
  call.script = script;
  call.globals = [&](lua_State* state) { set_limits(state, limits); };
  // The script itself may set the limits without the function, so this is no LuaCall::function.
  call.take_globals = [&](lua_State* state) {
    const int globals = lua_gettop(state);
    set_field(state, k_connected_server, server);
    push(state, std::string_view("ServerConnected"));
    if (lua_rawget(state, globals) == LUA_TFUNCTION) lua_call(state, 0, 0);
    lua_settop(state, globals);
    result = limits_at(state, globals);
  };
  auto outcome = pool.run(call, moment);
  if (!outcome) return std::move(outcome.error());
  return result;
}

Result<std::optional<std::string>> run_return_path(LuaPool& pool, std::string_view script,
                                                   std::string_view return_path,
                                                   const std::vector<std::string>& recipients,
                                                   const LuaMoment& moment) {
  std::optional<std::string> path;
  LuaCall call;
  call.script = script;
  call.function = "ReturnPath";
  call.arguments = [&](lua_State* state) {
    push(state, return_path);
    push(state, recipients);
    return 2;
  };
  call.results = 1;
  call.take = [&](lua_State* state, int first) {
    if (lua_isnil(state, first)) return;
    const auto text = text_at(state, first);
    if (!text || !(text->empty() || is_envelope_address(*text)))
      luaL_error(state, "the return path is neither an address nor \"\"");
    path.emplace(*text);
  };
  auto outcome = pool.run(call, moment);
  if (!outcome) return std::move(outcome.error());
  return path;
}

}  // namespace stagecoach::routing
