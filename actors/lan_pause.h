// Whether LAN forwarding is paused. What a command says holds until the next command, also over a restart: a
// file in data_dir remembers it.
#pragma once

#include "actors/node.h"

namespace stagecoach {

/// At the start, and when the setting has changed.
void begin_lan_pause(Node& node, const conf::Config* before, const conf::Config& config);
/// By a command.
Result<void> set_lan_paused(Node& node, bool paused);

}  // namespace stagecoach
