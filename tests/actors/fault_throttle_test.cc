#include "actors/fault_throttle.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

TEST(FaultThrottle, TellsOneFaultOnceInItsInterval) {  // USR-138
  FaultThrottle throttle(3600, 20);
  EXPECT_TRUE(throttle.allow("a", 1000));
  EXPECT_FALSE(throttle.allow("a", 1000));
  EXPECT_FALSE(throttle.allow("a", 4599));
  EXPECT_TRUE(throttle.allow("b", 4599));
  EXPECT_TRUE(throttle.allow("a", 4600));
}

TEST(FaultThrottle, LimitsAllOfThemTogether) {
  FaultThrottle throttle(3600, 20);
  int told = 0;
  for (int i = 0; i < 100; ++i) told += throttle.allow("fault " + std::to_string(i), 1000) ? 1 : 0;
  EXPECT_EQ(told, 20);
  EXPECT_TRUE(throttle.allow("later", 4600));
}

}  // namespace
}  // namespace stagecoach
