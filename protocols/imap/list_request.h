// The arguments of LIST and LSUB (RFC 3501, LIST-EXTENDED RFC 5258, LIST-STATUS RFC 5819, SPECIAL-USE RFC
// 6154) and of STATUS, and the lines that answer them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocols/imap/cursor.h"
#include "protocols/imap/session_work.h"

namespace stagecoach::imap {

/// Patterns are UTF-8, with the reference in front. An empty list of patterns: LIST "" "" asks for the
/// separator.
std::optional<ListWork> parse_list(Cursor& cursor, bool lsub);
/// "(MESSAGES UNSEEN)" as bits of StatusItem.
std::optional<std::uint16_t> parse_status_items(Cursor& cursor);

/// The untagged LIST or LSUB lines. `existing` gets the names of the listed folders that can be opened.
std::string list_lines(const ListWork& request, const std::vector<FolderInfo>& folders,
                       std::vector<std::string>& existing);
/// "* STATUS …" with CR LF.
std::string status_line(const FolderCounts& counts, std::uint16_t items, std::uint64_t append_limit);

}  // namespace stagecoach::imap
