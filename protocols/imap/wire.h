// Strings as IMAP writes them (RFC 3501 section 4.3): quoted where possible, else as a literal.
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::imap {

/// "text" in quotes, or {4}CRLF text if it has control or 8-bit characters.
void append_string(std::string& out, std::string_view text);
/// NIL if empty.
void append_nstring(std::string& out, std::string_view text);
/// Always a literal; `""` if empty.
void append_literal(std::string& out, std::string_view text);
/// A folder name (UTF-8), in modified UTF-7.
void append_folder(std::string& out, std::string_view name);

}  // namespace stagecoach::imap
