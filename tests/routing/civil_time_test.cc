#include "routing/civil_time.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

LocalTime at(std::string_view text) { return parse_moment(text).value(); }

const struct {
  const char* text;
  const char* moment;  // "": not read
} k_moments[] = {
    {"2026-08-01 08:15", "2026-08-01 08:15"},
    {"20260801 8:15", "2026-08-01 08:15"},
    {"2026-08-01T08:15:59", "2026-08-01 08:15"},
    {"2026-08-01", "2026-08-01 00:00"},
    {"2026-08-01 24:00", "2026-08-02 00:00"},
    {"2024-02-29", "2024-02-29 00:00"},
    {"2026-02-29", ""},
    {"2026-8-1", ""},
    {"2026-0801", ""},
    {"2026-08-01 24:01", ""},
    {"2026-08-01 08:60", ""},
    {"2026-08-01 noon", ""},
    {"08:15", ""},
    {"", ""},
};

TEST(CivilTime, ReadsDaysWithAndWithoutAClockTime) {
  for (const auto& [text, moment] : k_moments) {
    const auto time = parse_moment(text);
    EXPECT_EQ(time ? day_text(day_of(*time)) + " " + clock_text(clock_of(*time)) : "", moment) << text;
  }
}

// USR-133
const struct {
  const char* format;
  Picture picture;
  const char* text;
} k_formats[] = {
    {"%Y-%m-%d %H:%M:%S", Picture::date, "2026-08-01 15:05:09"},
    {"%A, %e. %B", Picture::date, "Saturday,  1. August"},
    {"%a %b %y %I %p %j %u %w %%", Picture::date, "Sat Aug 26 03 PM 213 6 6 %"},
    {"%D %F %T %R", Picture::time, "08/01/26 2026-08-01 15:05:09 15:05"},
    {"%Q %", Picture::date, "%Q %"},  // what strftime does not know stays
    {"d.M.yy", Picture::date, "1.8.26"},
    {"dd.MM.yyyy", Picture::date, "01.08.2026"},
    {"dddd, d MMMM yyyy", Picture::date, "Saturday, 1 August 2026"},
    {"ddd MMM", Picture::date, "Sat Aug"},
    {"'day' d", Picture::date, "day 1"},
    {"h:mm:ss tt", Picture::time, "3:05:09 PM"},
    {"HH.m t", Picture::time, "15.5 P"},
    {"", Picture::date, ""},
};

TEST(CivilTime, WritesFormatsOfBothKinds) {
  for (const auto& [format, picture, text] : k_formats)
    EXPECT_EQ(format_time(at("2026-08-01 15:05:09"), format, picture), text) << format;
}

TEST(CivilTime, KeepsALongFormatShort) {
  EXPECT_LE(format_time(at("2026-08-01"), std::string(100000, 'd'), Picture::date).size(), 1000U);
  std::string many;
  for (int i = 0; i < 10000; ++i) many += "%A";
  EXPECT_EQ(format_time(at("2026-08-01"), many, Picture::date).size(), 1000U);
}

}  // namespace
}  // namespace stagecoach::routing
