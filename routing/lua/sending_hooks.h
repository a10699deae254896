// mxout.lua and relayout.lua (docs/reference/lua.md, "Sending"): how a sender connects to a server, how much
// goes through one connection, which return path a message is sent with. The former runs for senders of kind
// direct, the latter for relays; both may define all functions. Errors are those of the script; whoever calls
// reports them and sends as without the script.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routing/lua/sandbox.h"

namespace stagecoach::routing {

inline constexpr std::string_view k_mxout_script = "mxout";
inline constexpr std::string_view k_relayout_script = "relayout";

/// How a connection is protected, whatever the sender is set to.
enum class SendingTls : std::uint8_t {
  none,
  starttls,  // when the server offers it
  required,  // STARTTLS, or nothing is sent
  ssl,       // from the first byte
};

/// What is known when a connection is about to be made.
struct ServerFacts {
  std::string_view server;         // name, as the MX record or the setting has it
  std::string_view domain;         // that the mail is for; of a relay: empty
  std::string_view sender;         // return path of the message; empty: null path, or not known yet
  std::int64_t connection_id = 0;  // place among [[sender]], from 1
  std::string_view connection;     // name
};

/// What ServerDetails wants to be different. Nothing in a field: as the sender is set.
struct ServerChange {
  bool skip = false;  // this server is not tried; the next one may be
  std::optional<int> port;
  std::optional<SendingTls> tls;
  std::optional<std::string> username, password;  // an empty username: no log-in
  std::optional<std::string> helo;
  std::optional<std::string> bind_address;  // an IP address of this machine
  bool operator==(const ServerChange&) const = default;
};

/// ServerDetails(server, domain, sender, connnid, connection). Nothing: no such function, or nil.
Result<std::optional<ServerChange>> run_server_details(LuaPool& pool, std::string_view script,
                                                       const ServerFacts& facts, const LuaMoment& moment);

/// What one connection may carry; 0: no limit. The script finds the sender's limits in globals of these names
/// (MaxMessagesPerConnection …) and may set them anew, at its start or in ServerConnected().
struct ConnectionLimits {
  std::int64_t messages_per_connection = 0;
  std::int64_t recipients_per_connection = 0;
  std::int64_t recipients_per_message = 0;
  bool operator==(const ConnectionLimits&) const = default;
};
Result<ConnectionLimits> run_server_connected(LuaPool& pool, std::string_view script, std::string_view server,
                                              const ConnectionLimits& limits, const LuaMoment& moment);

/// ReturnPath(returnpath, recipients): what MAIL FROM shall say instead; empty: the null path. Nothing: it
/// stays. What is neither an address nor "" is an error.
Result<std::optional<std::string>> run_return_path(LuaPool& pool, std::string_view script,
                                                   std::string_view return_path,
                                                   const std::vector<std::string>& recipients,
                                                   const LuaMoment& moment);

}  // namespace stagecoach::routing
