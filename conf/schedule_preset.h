// The first schedule of a new configuration, by three answers: when, on which days, how often.
#pragma once

#include <cstdint>
#include <string>

#include "conf/setting.h"

namespace stagecoach::conf {

enum class PresetTimes : std::uint8_t { never, working_hours, all_day };
enum class PresetDays : std::uint8_t { weekdays, weekends, all };
enum class PresetEvery : std::uint8_t { ten_minutes, hour, two_hours };

inline constexpr Choice<PresetTimes> k_preset_times[] = {{"never", PresetTimes::never},
                                                         {"working-hours", PresetTimes::working_hours},
                                                         {"24h", PresetTimes::all_day}};
inline constexpr Choice<PresetDays> k_preset_days[] = {
    {"weekdays", PresetDays::weekdays}, {"weekends", PresetDays::weekends}, {"all", PresetDays::all}};
inline constexpr Choice<PresetEvery> k_preset_every[] = {
    {"10min", PresetEvery::ten_minutes}, {"1h", PresetEvery::hour}, {"2h", PresetEvery::two_hours}};

struct SchedulePreset {
  PresetTimes times = PresetTimes::all_day;
  PresetDays days = PresetDays::all;
  PresetEvery every = PresetEvery::ten_minutes;
};

/// A [[schedule]] entry with a comment, for one connection. Working hours are 8:00 to 18:00. With `never` it
/// is there, switched off.
std::string preset_schedule(const SchedulePreset& preset, const std::string& connection);

}  // namespace stagecoach::conf
