#include "conf/units.h"

#include <gtest/gtest.h>

namespace stagecoach::conf {
namespace {

using namespace std::chrono_literals;

const struct {
  const char* text;
  std::chrono::milliseconds value;  // negative: refused
} k_durations[] = {
    {"90s", 90s},
    {"5m", 5min},
    {"2h", 2h},
    {"3d", 72h},
    {"1w", 168h},
    {"1h30m", 90min},
    {"250ms", 250ms},
    {"0s", 0s},
    {"", -1s},
    {"5", -1s},
    {"m", -1s},
    {"-5m", -1s},
    {"5 m", -1s},
    {"5.5m", -1s},
    {"999999999999w", -1s},
    {"5y", -1s},
    {"99999999999999999999s", -1s},
};

TEST(Units, ReadDurations) {
  for (const auto& [text, value] : k_durations) {
    const auto parsed = parse_duration(text);
    EXPECT_EQ(parsed ? *parsed : -1s, value) << text;
  }
  EXPECT_EQ(duration_text(90s), "90s");
  EXPECT_EQ(duration_text(5min), "5m");
  EXPECT_EQ(duration_text(72h), "3d");
  EXPECT_EQ(duration_text(1500ms), "1500ms");
}

const struct {
  const char* text;
  std::int64_t bytes;
} k_sizes[] = {
    {"0", 0}, {"500", 500}, {"64kB", 65536}, {"64 kb", 65536}, {"50MB", 52428800},    {"2GB", 2147483648},
    {"", -1}, {"MB", -1},   {"-1", -1},      {"5TB", -1},      {"999999999999GB", -1}};

TEST(Units, ReadSizes) {
  for (const auto& [text, bytes] : k_sizes)
    EXPECT_EQ(parse_size(text).value_or(ByteSize{-1}).bytes, bytes) << text;
  EXPECT_EQ(size_text(50_MB), "50MB");
  EXPECT_EQ(size_text(ByteSize{1500}), "1500");
}

const struct {
  const char* text;
  int minutes;
} k_times[] = {{"0:00", 0}, {"8:30", 510}, {"08:30", 510}, {"23:59", 1439}, {"24:00", -1}, {"8:60", -1},
               {"8:5", -1}, {"8", -1},     {":30", -1},    {"-1:00", -1},   {"8:300", -1}, {"", -1}};

TEST(Units, ReadTimesOfDay) {
  for (const auto& [text, minutes] : k_times)
    EXPECT_EQ(parse_time_of_day(text).value_or(TimeOfDay{-1}).minutes, minutes) << text;
  EXPECT_EQ(time_of_day_text({485}), "8:05");
}

TEST(Units, FindTheWordThatWasMeant) {
  EXPECT_EQ(nearest("hostnam", {"hostname", "data_dir"}), "hostname");
  EXPECT_EQ(nearest("spel", {"hostname", "data_dir"}), "");
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

}  // namespace
}  // namespace stagecoach::conf
