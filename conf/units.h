// Durations, sizes and times of day as a configuration writes them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "conf/setting.h"
#include "routing/model/result.h"

namespace stagecoach::conf {

/// "250ms", "90s", "5m", "2h", "3d", "1w"; parts may be joined: "1h30m". No sign, no fraction.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The shortest form with one unit: 90s, 5m, 3d.
std::string duration_text(std::chrono::milliseconds duration);

/// "500", "64kB", "50MB", "2GB", without regard to case; powers of 1024.
Result<ByteSize> parse_size(std::string_view text);
std::string size_text(ByteSize size);

/// "8:30", "08:30".
Result<TimeOfDay> parse_time_of_day(std::string_view text);
std::string time_of_day_text(TimeOfDay time);

/// Number of single-letter changes between two words.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The word that looks most like `wrong`, or an empty text when none comes near.
std::string nearest(std::string_view wrong, const std::vector<std::string_view>& words);

}  // namespace stagecoach::conf
