#include "routing/lua/queue_hooks.h"

#include <algorithm>

#include "routing/lan_target.h"
#include "routing/lua/answers.h"
#include "routing/lua/message_api.h"
#include "routing/lua/stage.h"
#include "routing/lua/values.h"

namespace stagecoach::routing {
namespace {

constexpr std::string_view k_out_message_script = "outmessage", k_lan_script = "lanforwarding";
constexpr std::int64_t k_priority_min = -1000, k_priority_max = 1000;
constexpr std::int64_t k_hold_minutes_max = 525'600, k_delete_minutes_max = 5'256'000;

using Names = std::vector<std::string>;

// ---- outmessage.lua ----

void push_recipients(lua_State* state, const std::vector<const Enqueue*>& entries) {
  lua_createtable(state, static_cast<int>(entries.size()), 0);
  lua_Integer place = 0;
  for (const Enqueue* entry : entries) {
    lua_createtable(state, 0, 5);
    set_field(state, "address", entry->recipient.address);
    set_integer(state, "priority", entry->priority);
    set_integer(state, "hold", entry->hold_minutes);
    set_integer(state, "delete_after", entry->delete_after_minutes);
    set_field(state, "connection", entry->sender);
    lua_rawseti(state, -2, ++place);
  }
}

void take_connection(lua_State* state, int table, const Names& connections, QueueChange& change) {
  change.connection = line_field(state, table, "connection");
  if (!change.connection || change.connection->empty()) return;
  const auto known = std::find_if(connections.begin(), connections.end(), [&](const std::string& name) {
    return equals_ignoring_case(name, *change.connection);
  });
  if (known == connections.end())
    luaL_error(state, "there is no connection \"%s\" with a sender", change.connection->c_str());
  change.connection = *known;
}

void take_change(lua_State* state, int table, const Names& connections, QueueChange& change) {
  if (const auto priority = integer_field(state, table, "priority", k_priority_min, k_priority_max))
    change.priority = static_cast<int>(*priority);
  change.hold_minutes = integer_field(state, table, "hold", 0, k_hold_minutes_max);
  change.delete_after_minutes = integer_field(state, table, "delete_after", 0, k_delete_minutes_max);
  change.drop = boolean_field(state, table, "drop");
  take_connection(state, table, connections, change);
}

/// recipients = { ["a@b.example"] = { hold = 5 }, ["c@d.example"] = false }
void take_recipients(lua_State* state, int answer, const Names& connections, OutMessageChange& change) {
  if (lua_getfield(state, answer, "recipients") == LUA_TNIL) return lua_pop(state, 1);
  const int table = lua_gettop(state);
  luaL_checktype(state, table, LUA_TTABLE);
  lua_pushnil(state);
  while (lua_next(state, table) != 0) {
    if (lua_type(state, -2) != LUA_TSTRING) luaL_error(state, "the keys of recipients are addresses");
    QueueChange& own = change.recipients[to_lower(*text_at(state, -2))];
    if (lua_isboolean(state, -1)) {
      own.drop = lua_toboolean(state, -1) == 0;
    } else {
      allow_fields(state, -1, {"priority", "hold", "delete_after", "connection", "drop"});
      take_change(state, lua_absindex(state, -1), connections, own);
    }
    lua_pop(state, 1);
  }
  lua_pop(state, 1);
}

void take_answer(lua_State* state, int answer, const Names& connections,
                 std::optional<OutMessageChange>& change) {
  if (lua_isnil(state, answer)) return;
  change.emplace();
  if (lua_isboolean(state, answer)) {
    change->all.drop = lua_toboolean(state, answer) == 0;
    return;
  }
  allow_fields(state, answer, {"priority", "hold", "delete_after", "connection", "drop", "recipients"});
  take_change(state, answer, connections, change->all);
  take_recipients(state, answer, connections, *change);
}

// ---- LanForwarding.lua ----

void take_lan_answer(lua_State* state, int answer, std::optional<LanChange>& change) {
  if (lua_isnil(state, answer)) return;
  change.emplace();
  if (lua_isboolean(state, answer)) {
    change->skip = lua_toboolean(state, answer) == 0;
    return;
  }
  allow_fields(state, answer, {"skip", "recipient", "server"});
  change->skip = boolean_field(state, answer, "skip");
  change->recipient = address_field(state, answer, "recipient");
  change->route = line_field(state, answer, "server");
  if (change->route && !is_route(*change->route)) luaL_error(state, "server is no server");
}

/// Without a rule both are "".
void set_rule(lua_State* state, const LanEntry& entry) {
  set_field(state, "LanRule", entry.rule);
  set_field(state, "LanServer", entry.server);
}

template <class T>
std::optional<T> value_or_report(Result<std::optional<T>> result, const ScriptErrors& report) {
  if (result) return std::move(*result);
  if (report) report(result.error());
  return {};
}

}  // namespace

Result<std::optional<OutMessageChange>> run_out_message(LuaPool& pool, const RoutingInput& input,
                                                        const std::vector<const Enqueue*>& entries,
                                                        const Names& connections) {
  std::optional<OutMessageChange> change;
  const MessageScope scope{input};
  LuaCall call;
  call.script = k_out_message_script;
  call.function = "OutMessage";
  call.globals = [&](lua_State* state) { set_surroundings(state, scope); };
  call.arguments = [&](lua_State* state) {
    push_message(state, scope);
    push_recipients(state, entries);
    return 2;
  };
  call.results = 1;
  call.take = [&](lua_State* state, int first) { take_answer(state, first, connections, change); };
  auto outcome = pool.run(call, moment_of(input));
  if (!outcome) return std::move(outcome.error());
  return change;
}

Result<std::optional<LanChange>> run_lan_forwarding(LuaPool& pool, const RoutingInput& input,
                                                    const LanEntry& entry) {
  std::optional<LanChange> change;
  const MessageScope scope{input};
  LuaCall call;
  call.script = k_lan_script;
  call.function = "PreSend";
  call.globals = [&](lua_State* state) {
    set_surroundings(state, scope);
    set_rule(state, entry);
  };
  call.arguments = [&](lua_State* state) {
    push_message(state, scope);
    push(state, entry.rule);
    push(state, entry.recipient);
    push(state, entry.server);
    return 4;
  };
  call.results = 1;
  call.take = [&](lua_State* state, int first) { take_lan_answer(state, first, change); };
  auto outcome = pool.run(call, moment_of(input));
  if (!outcome) return std::move(outcome.error());
  return change;
}

QueueScripts queue_scripts(LuaPool& pool, const RoutingInput& input, Names connections, ScriptErrors errors) {
  QueueScripts scripts;
  if (pool.scripts().find(k_out_message_script))
    scripts.out_message = [&pool, &input, connections = std::move(connections),
                           errors](const std::vector<const Enqueue*>& entries) {
      return value_or_report(run_out_message(pool, input, entries, connections), errors);
    };
  if (pool.scripts().find(k_lan_script))
    scripts.lan_forwarding = [&pool, &input, errors](const LanEntry& entry) {
      return value_or_report(run_lan_forwarding(pool, input, entry), errors);
    };
  return scripts;
}

}  // namespace stagecoach::routing
