// outmessage.lua and LanForwarding.lua (docs/reference/lua.md, "Known scripts"): asked when a message is
// about to enter the outgoing queue, or that of a server of LAN forwarding. Errors are those of the script;
// whoever calls reports them and goes on as without the script.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "routing/lua/hooks.h"
#include "routing/queue_change.h"

namespace stagecoach::routing {

/// OutMessage(message, recipients), once for a message. `connections`: those that the script may choose, for
/// nobody sends what waits for one that does not exist.
Result<std::optional<OutMessageChange>> run_out_message(LuaPool& pool, const RoutingInput& input,
                                                        const std::vector<const Enqueue*>& entries,
                                                        const std::vector<std::string>& connections);

/// PreSend(message, rule, recipient, server), for each entry.
Result<std::optional<LanChange>> run_lan_forwarding(LuaPool& pool, const RoutingInput& input,
                                                    const LanEntry& entry);

/// For Facts. `pool` and `input` stay alive while routing runs.
QueueScripts queue_scripts(LuaPool& pool, const RoutingInput& input, std::vector<std::string> connections,
                           ScriptErrors errors);

}  // namespace stagecoach::routing
