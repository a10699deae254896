#include "routing/sending/rate_window.h"

#include <gtest/gtest.h>

#include <limits>

namespace stagecoach::routing {
namespace {

using namespace std::chrono_literals;

Time at(std::chrono::microseconds after) { return Time(1000h + after); }

TEST(RateWindow, LetsNoMoreThanTheLimitPassInItsLength) {  // SND-13
  RateWindow window(3, 60min);
  window.note(at(0min), 1);
  window.note(at(10min), 1);
  EXPECT_EQ(window.blocked_until(at(20min)), std::nullopt);
  EXPECT_EQ(window.room(at(20min)), 1);
  window.note(at(20min), 1);
  EXPECT_EQ(window.room(at(20min)), 0);
  EXPECT_EQ(window.blocked_until(at(20min)), at(60min));
  EXPECT_EQ(window.blocked_until(at(60min)), std::nullopt);  // it slides: one has left
  window.note(at(60min), 1);
  EXPECT_EQ(window.blocked_until(at(60min)), at(70min));
}

TEST(RateWindow, CountsManyAtOnce) {  // SND-14: recipients come in batches
  RateWindow window(10, 5min);
  window.note(at(0min), 4);
  window.note(at(1min), 9);  // one transaction may go above it
  EXPECT_EQ(window.room(at(1min)), 0);
  EXPECT_EQ(window.blocked_until(at(1min)), at(5min));
  EXPECT_EQ(window.room(at(5min)), 1);
  EXPECT_EQ(window.room(at(6min)), 10);
}

TEST(RateWindow, IsOffWithoutALimitOrALength) {  // SND-13 SND-14
  for (RateWindow window : {RateWindow(0, 60min), RateWindow(5, 0min), RateWindow()}) {
    window.note(at(0min), 1000);
    EXPECT_EQ(window.blocked_until(at(0min)), std::nullopt);
    EXPECT_EQ(window.room(at(0min)), std::numeric_limits<std::int64_t>::max());
  }
}

TEST(RateWindow, KeepsItsPastWhenTheLimitChanges) {
  RateWindow window(2, 60min);
  window.note(at(0min), 2);
  window.change(3, 60min);
  EXPECT_EQ(window.room(at(1min)), 1);
  window.change(3, 30min);
  EXPECT_EQ(window.room(at(31min)), 3);
}

TEST(RateWindow, NeverLetsMorePassThanTheLimitWhateverItMerges) {
  RateWindow window(100000, 1min);
  for (int i = 0; i < 200000; ++i) window.note(at(i * 1ms), 1);  // 200 s of 1000 a second
  EXPECT_GE(100000 - window.room(at(199999ms)), 60000);
  EXPECT_EQ(window.room(at(199999ms + 60s)), 100000);
}

TEST(RateWindow, SurvivesAClockThatIsSetBack) {
  RateWindow window(1, 10min);
  window.note(at(24h), 1);
  EXPECT_EQ(window.blocked_until(at(0min)), at(10min));
  EXPECT_EQ(window.blocked_until(at(10min)), std::nullopt);
}

}  // namespace
}  // namespace stagecoach::routing
