// Calendar days and clock times as people write them: the server's local time without a zone. Who knows the
// time zone (actors) converts; here everything is LocalTime, in seconds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::routing {

using LocalTime = std::chrono::local_seconds;
using LocalDay = std::chrono::local_days;

/// "2026-08-01" or "20260801"; nothing for other text and for days that do not exist.
std::optional<LocalDay> parse_day(std::string_view text);

/// "8:15", "08:15" or "08:15:30": time since midnight, up to "24:00".
std::optional<std::chrono::seconds> parse_clock(std::string_view text);

/// A day, and a clock time behind a space or a T: "2026-08-01 08:15". Without a clock time midnight.
std::optional<LocalTime> parse_moment(std::string_view text);

inline LocalDay day_of(LocalTime time) { return std::chrono::floor<std::chrono::days>(time); }
inline std::chrono::seconds clock_of(LocalTime time) { return time - day_of(time); }

/// "2026-08-01" and "08:15".
std::string day_text(LocalDay day);
std::string clock_text(std::chrono::seconds clock);

enum class Picture { date, time };  // decides what m means: month never, minutes always

/// A format with % is read as strftime does in the C locale; any other is made of picture letters:
///   date  d dd ddd dddd M MM MMM MMMM y yy yyyy     time  h hh H HH m mm s ss t tt
/// 'quoted text' and all else stay as they are. The result has at most 1,000 characters.
std::string format_time(LocalTime time, std::string_view format, Picture picture);

}  // namespace stagecoach::routing
