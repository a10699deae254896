// Commands of the control socket that are tasks of their own: about the outgoing queue, mailboxes, changes of
// users, messages to them (docs/reference/control-socket.md).
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "actors/control_session.h"
#include "actors/control_task.h"
#include "actors/node.h"

namespace stagecoach {

/// Begins the command, whose answer goes to the session as a line. False: it is none of these.
bool start_mail_command(caf::actor_system& system, Node& node, const ControlSessionActor& session,
                        const std::string& command, const nlohmann::json& arguments);

// ---- of the queue ----
void queue_list(ControlTask& task);     // {"id", "filter", criteria…, "where", "sort"}
void queue_show(ControlTask& task);     // {"id"}
void queue_sent(ControlTask& task);     // the same as queue_list, of the last three days
void queue_command(ControlTask& task);  // {"action", "ids", "filter", criteria…, "argument", "count_only"}

// ---- of mailboxes ----
void user_undelete(ControlTask& task);  // {"user", "since", "unread", "flagged", "count_only"}
void prune_preview(ControlTask& task);  // {}
void folder_list(ControlTask& task);    // {"user"}
void folder_change(ControlTask& task);  // {"user", "action", "folders", "to"}
void message_send(ControlTask& task);   // {"to", "subject", "text", "preview"}

void folder_rights(ControlTask& task);  // {"user", "folders", "fixed"}
void folder_export(
    ControlTask& task);  // {"user", "folders", "format"}: lines {"bytes": base64} before the answer

// ---- of users ----
void user_count(ControlTask& task);        // {}
void user_copy_inbox(ControlTask& task);   // {"user"}
void user_removal(ControlTask& task);      // {"users"}: what speaks against deleting them
void directory_change(ControlTask& task);  // {"changes", "partial", "dry_run", "by", "welcome", "with_mail"}

// ---- of texts that are kept ----
void saved_list(ControlTask& task);    // {"kind"}
void saved_save(ControlTask& task);    // {"kind", "name", "text"}
void saved_delete(ControlTask& task);  // {"kind", "name"}

// ---- of collectors ----
void collector_list(ControlTask& task);      // {}
void collector_messages(ControlTask& task);  // {"name"}
void collector_wish(ControlTask& task);      // {"name", "uids" | "all", "wish": "get" or "delete", "on"}
void explain_download(ControlTask& task);    // {"collector", "message": base64}

// ---- of the schedule ----
void schedule_list(ControlTask& task);   // {}
void schedule_pause(ControlTask& task);  // {"paused"}

// ---- of the history ----
void summary(ControlTask& task);  // {"date", "send"}

// ---- of LAN forwarding ----
void tls_report(ControlTask& task);   // {"since"}
void lan_list(ControlTask& task);     // {}
void lan_pause(ControlTask& task);    // {"paused"}
void lan_queue(ControlTask& task);    // {}
void lan_command(ControlTask& task);  // {"action": "retry" or "delete", "ids"}
void lan_export(ControlTask& task);   // {}

// ---- of lists ----
void unsubscribe_link(ControlTask& task);  // {"list", "address"}

// ---- of automatic answers ----
void autoresponder_log(ControlTask& task);  // {"user", "definition", "clear"}

}  // namespace stagecoach
