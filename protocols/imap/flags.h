// Flags on the wire (RFC 3501 section 2.3.2): "(\Seen $Forwarded)".
#pragma once

#include <optional>
#include <string>

#include "protocols/imap/cursor.h"
#include "protocols/imap/message_row.h"

namespace stagecoach::imap {

/// The bit of "\\Seen" and so on; 0: no system flag.
std::uint8_t system_flag(std::string_view name);
/// "(\Seen work)"; without parentheses too if `bare` (STORE). \Recent cannot be set and is refused.
std::optional<Flags> parse_flags(Cursor& cursor, bool bare = false);
/// "(\Seen $Forwarded)", \Recent included.
void append_flags(std::string& out, std::uint8_t system, const std::vector<std::string>& keywords);

}  // namespace stagecoach::imap
