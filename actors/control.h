// The control socket: commands of administrators come over a Unix socket in data_dir, one JSON object a line
// ({"command": "queue list", "arguments": {…}}). The answer is lines {"progress": "…"} and a last one
// {"ok": true, "result": …} or {"ok": false, "error": "…"}. Who may open the socket may do everything.
#pragma once

#include "actors/connections.h"
#include "actors/listener.h"
#include "actors/supervisor.h"

namespace stagecoach {

struct ControlHandles {
  SupervisorActor supervisor;
  std::string config_path;
};

/// Binds the socket; an old one that nobody answers at is replaced.
Result<int> open_control_socket(const std::string& path);
/// Accepts until it gets ShutDown.
ListenerActor spawn_control(Reactor& reactor, int fd, Node& node, ControlHandles handles);

}  // namespace stagecoach
