// What a script sees of a message and its surroundings (docs/reference/lua.md): the tables message, envelope,
// origin, directory and facts. Read only in effect: changing them changes nothing.
#pragma once

#include "routing/lua/sandbox.h"
#include "routing/pipeline.h"

struct lua_State;

namespace stagecoach::routing {

/// `draft` null: the hook runs outside of the pipeline.
struct MessageScope {
  const RoutingInput& in;
  const Draft* draft = nullptr;

  bool is_local_sender() const;
  /// "incoming", "outgoing", "internal", "system".
  const char* kind() const;
};

/// Pushes the table `message`. The scope stays alive while the script runs.
void push_message(lua_State* state, const MessageScope& scope);
/// Sets envelope, origin, directory and facts in the table on top.
void set_surroundings(lua_State* state, const MessageScope& scope);
/// Pushes the table of a user: name, address, full_name, groups, aliases, custom …
void push_user(lua_State* state, const User& user, const Directory& directory);

}  // namespace stagecoach::routing
