// The scripts with fixed names (docs/reference/lua.md, "Known scripts"). Each function calls one of them and
// gives what it answered; an empty optional means: no such script or function, or it left the decision to the
// normal rules. Errors are those of the script; whoever calls logs them and goes on as without the script.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/lua/sandbox.h"
#include "routing/pipeline.h"

namespace stagecoach::routing {

/// Where the errors of scripts go when a hook cannot return them: the log.
using ScriptErrors = std::function<void(const Error&)>;

// ---- signature.lua: GetSignature, GetInternalSignature ----

struct SignatureRequest {
  SignatureFormat format = SignatureFormat::plain;
  std::string_view user;    // who has logged in; empty: nobody
  std::string_view sender;  // address
  std::string_view subject;
  const std::map<std::string, std::string>* attributes = nullptr;  // of the user; null: not logged in
};
Result<std::string> run_signature_script(LuaPool& pool, SignatureDirection direction,
                                         const SignatureRequest& request, const LuaMoment& moment);
/// For Facts: both functions, for this message. `pool` and `input` stay alive while routing runs.
SignatureScripts signature_scripts(LuaPool& pool, const RoutingInput& input, ScriptErrors errors);

// ---- monitor.lua: MonitorIncoming, MonitorInternal, MonitorOut ----

/// Targets instead of the normal ones; none: the message is not monitored.
using MonitorTargets = std::vector<std::string>;
Result<std::optional<MonitorTargets>> run_monitor_script(LuaPool& pool, MonitorKind kind,
                                                         const RoutingInput& input);

// ---- routing.lua: RouteMessage(user, message) ----

Result<std::optional<RoutingChange>> run_routing_script(LuaPool& pool, const User& user,
                                                        const RoutingInput& input);

// ---- password.lua: CheckPassword(username, password, which) ----

/// Why the password is not suitable; nothing: it is, or there is no script. `which` is "main", "web" or
/// "app".
Result<std::optional<std::string>> run_password_script(LuaPool& pool, std::string_view user,
                                                       std::string_view password, std::string_view which,
                                                       const LuaMoment& moment);

// ---- {lua} of messages to all users ----

struct AdministratorMessageFacts {
  std::string_view user;
  std::int64_t messages = 0, mailbox_bytes = 0, quota_bytes = 0;  // quota 0: no limit
  const std::map<std::string, std::string>* attributes = nullptr;
};
struct AdministratorMessageText {
  std::string text;  // what the script printed
  bool send = true;  // false: it has set DontSend
};
Result<AdministratorMessageText> run_message_script(LuaPool& pool, std::string_view script,
                                                    const AdministratorMessageFacts& facts,
                                                    const LuaMoment& moment);

// ---- autoresponder.lua and <lua> elements ----

/// `message` gives the whole incoming message when a script asks for it. Of a script that fails the element
/// stays empty; the global one then changes nothing.
LuaElement autoresponder_element(LuaPool& pool, LuaMoment moment, std::function<std::string()> message,
                                 ScriptErrors errors);
/// Nothing when there is no autoresponder.lua.
LuaGlobal autoresponder_script(LuaPool& pool, LuaMoment moment, std::function<std::string()> message,
                               ScriptErrors errors);

}  // namespace stagecoach::routing
