// Automatic answers, the files that they attach, and the errors of scripts behind the control socket:
// docs/reference/autoresponder.md and lua.md have the arguments and answers.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "actors/control_session.h"
#include "actors/control_task.h"
#include "actors/node.h"

namespace stagecoach {

/// Begins the command, whose answer goes to the session as a line. False: it is none of these.
bool start_autoresponder_command(caf::actor_system& system, Node& node, const ControlSessionActor& session,
                                 const std::string& command, const nlohmann::json& arguments);

void autoresponder_list(ControlTask& task);       // {"user"}
void autoresponder_templates(ControlTask& task);  // {}
void script_errors(ControlTask& task);            // {"clear"}

// ---- media_control.cc ----
void media_list(ControlTask& task);    // {"user"}
void media_show(ControlTask& task);    // {"user", "name"}
void media_add(ControlTask& task);     // {"user", "name", "content_type", "content"}: base64
void media_delete(ControlTask& task);  // {"user", "name"}

}  // namespace stagecoach
