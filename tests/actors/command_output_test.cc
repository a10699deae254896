#include "actors/command_output.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

TEST(ProgressBar, ShowsTheShareThatATextNames) {
  const struct {
    const char* text;
    const char* bar;
  } k_cases[] = {
      {"box: message 5 of 20, 1234 bytes", "[#####...............] "},
      {"0 of 3", "[....................] "},
      {"sender: 3 of 3 messages", "[####################] "},
      {"connecting to 127.0.0.1:110", ""},
      {"7 of 5", ""},
      {"0 of 0", ""},
      {"99999999999999999999 of 99999999999999999999", "[####################] "},
      {"", ""},
  };
  for (const auto& one : k_cases) EXPECT_EQ(progress_bar(one.text), one.bar) << one.text;
}

}  // namespace
}  // namespace stagecoach
