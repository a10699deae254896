// SOCKS version 4, and its extension 4a for targets that are no IPv4 address: the request to connect, and the
// reply. IPv6 addresses and host names go as names (4a); a server that knows version 4 alone refuses those.
// Version 4 has no passwords: the user name is all it asks for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "routing/model/result.h"

namespace stagecoach::socks {

inline constexpr std::size_t k_text_bytes_max = 255;  // of a user name or a host name
inline constexpr std::size_t k_reply_bytes = 8;

/// "Connect me to `host`": a dotted IPv4 address, or any other text for the server to resolve.
Result<std::string> connect_request(std::string_view host, int port, std::string_view user);

/// The first k_reply_bytes bytes that the server sends; from there on the connection is that to the target.
/// The Error says why it refused, in words.
Result<void> read_reply(std::string_view bytes);

}  // namespace stagecoach::socks
