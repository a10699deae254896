#include "conf/schedule_preset.h"

#include "conf/value_text.h"

namespace stagecoach::conf {
namespace {

std::string comment_of(const SchedulePreset& preset) {
  const std::string times(name_of(k_preset_times, preset.times)), days(name_of(k_preset_days, preset.days)),
      every(name_of(k_preset_every, preset.every));
  return "# When the connection runs by itself: " + times + ", " + days +
         (preset.days == PresetDays::all ? " days" : "") + ", every " + every + ".\n";
}

const char* every_of(PresetEvery every) {
  switch (every) {
    case PresetEvery::ten_minutes: return "10m";
    case PresetEvery::hour: return "1h";
    case PresetEvery::two_hours: return "2h";
  }
  return "";
}

}  // namespace

std::string preset_schedule(const SchedulePreset& preset, const std::string& connection) {
  std::string text = comment_of(preset) + "[[schedule]]\nname = " + in_quotes(connection) +
                     "\nconnections = [" + in_quotes(connection) + "]\n";
  if (preset.times == PresetTimes::never)
    text += "enabled = false         # true: it runs by itself; else by `stagecoach connection run " +
            connection + "`\n";
  text += "every = " + in_quotes(every_of(preset.every)) + "\n";
  if (preset.times == PresetTimes::working_hours) text += "from = \"08:00\"\nto = \"18:00\"\n";
  if (preset.days == PresetDays::weekdays) text += "days = [\"m\", \"tu\", \"w\", \"th\", \"f\"]\n";
  if (preset.days == PresetDays::weekends) text += "days = [\"sa\", \"su\"]\n";
  return text;
}

}  // namespace stagecoach::conf
