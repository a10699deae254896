#include "conf/schedule_preset.h"

#include <gmock/gmock.h>

#include "conf/reader.h"
#include "conf/reference.h"

namespace stagecoach::conf {
namespace {

using enum PresetTimes;
using enum PresetEvery;
using testing::ElementsAre;

/// What the sample configuration with this preset has been read as: "on" or "off", and the item in words.
std::string item_of(const SchedulePreset& preset) {
  SampleOptions options;
  options.users = {{"postmaster", "{plain}secret", true}};
  options.schedule = preset;
  const ReadConfig read = read_config_text(sample_configuration(options));
  for (const Problem& problem : read.problems)
    if (problem.severity == Problem::Severity::error) return problem.text();
  if (read.config.schedules.size() != 1) return "not one item";
  const ScheduleSettings& item = read.config.schedules.front();
  if (item.connections != std::vector<std::string>{"main"}) return "another connection";
  return (item.enabled ? "on: " : "off: ") + item.text();
}

TEST(SchedulePreset, MakesTheItemOfASample) {  // CON-40 REF-024
  const struct {
    SchedulePreset preset;
    const char* item;
  } k_cases[] = {
      {{}, "on: Every 10 minutes between 0:00 and 23:59 on Su,M,Tu,W,Th,F,Sa"},
      {{never, PresetDays::all, ten_minutes},
       "off: Every 10 minutes between 0:00 and 23:59 on Su,M,Tu,W,Th,F,Sa"},
      {{working_hours, PresetDays::weekdays, hour},
       "on: Every 60 minutes between 8:00 and 18:00 on M,Tu,W,Th,F"},
      {{working_hours, PresetDays::all, ten_minutes},
       "on: Every 10 minutes between 8:00 and 18:00 on Su,M,Tu,W,Th,F,Sa"},
      {{all_day, PresetDays::weekends, two_hours}, "on: Every 120 minutes between 0:00 and 23:59 on Sa,Su"},
  };
  for (const auto& [preset, item] : k_cases) EXPECT_EQ(item_of(preset), item);
}

TEST(SchedulePreset, HasAnItemForEachChoice) {
  for (const auto& times : k_preset_times)
    for (const auto& days : k_preset_days)
      for (const auto& every : k_preset_every) {
        const std::string item = item_of({times.value, days.value, every.value});
        EXPECT_TRUE(item.starts_with(times.value == never ? "off: Every " : "on: Every ")) << item;
      }
}

TEST(SchedulePreset, NamesTheConnectionWithItsQuotes) {
  const ReadConfig read =
      read_config_text("[[connection]]\nname = \"a\\\"b\"\n" + preset_schedule({}, "a\"b"));
  EXPECT_THAT(read.config.schedules.at(0).connections, ElementsAre("a\"b"));
}

}  // namespace
}  // namespace stagecoach::conf
