// Folder names: UTF-8 inside, modified UTF-7 on the wire (RFC 3501 section 5.1.3), "/" between levels, INBOX
// without regard to case; and the patterns of LIST.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::imap {

std::string to_utf7(std::string_view utf8);
/// Raw UTF-8, which some clients send, is taken too. Nothing: neither of the two.
std::optional<std::string> from_utf7(std::string_view wire);

/// The name as it is kept: decoded, "INBOX" in capitals at the first level, no "/" at the end. Nothing: no
/// possible name (empty level, control characters, longer than 1000 bytes).
std::optional<std::string> parse_folder_name(std::string_view wire);

/// Whether the name matches a LIST pattern: "*" anything, "%" anything within a level. Both are UTF-8.
bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace stagecoach::imap
