// INTERNALDATE: "17-Jul-1996 02:44:25 -0700" (RFC 3501 date-time), and the dates of SEARCH: 1-Feb-1994.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/mime/date.h"

namespace stagecoach::imap {

/// Without the quotes; the day may be padded by a space.
std::optional<mime::Date> parse_internal_date(std::string_view text);
/// In UTC: "17-Jul-1996 09:44:25 +0000".
std::string format_internal_date(std::int64_t seconds);
/// "1-Feb-1994", quoted or not.
std::optional<std::chrono::sys_days> parse_search_date(std::string_view text);

}  // namespace stagecoach::imap
