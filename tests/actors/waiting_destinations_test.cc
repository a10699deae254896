#include "actors/waiting_destinations.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

using Names = std::vector<std::string>;

TEST(WaitingDestinations, AreHeldUntilTheirConnectionIsLookedAt) {
  WaitingDestinations waiting;
  for (const char* one : {"main|b.example", "main|a.example", "other|c.example", "main|b.example"})
    waiting.hold(one);
  EXPECT_EQ(waiting.take_held("main"), (Names{"main|a.example", "main|b.example"}));
  EXPECT_EQ(waiting.take_held("main"), Names{});
  EXPECT_EQ(waiting.take_held("other"), Names{"other|c.example"});
}

TEST(WaitingDestinations, StandInLineOnceAndLeaveItInOrder) {
  WaitingDestinations waiting;
  for (const char* one : {"main|b.example", "main|a.example", "other|c.example", "main|b.example"})
    waiting.line_up(one);
  EXPECT_EQ(waiting.in_line("main"), 2U);
  EXPECT_EQ(waiting.next("main"), "main|b.example");
  waiting.line_up("main|b.example");
  EXPECT_EQ(waiting.next("main"), "main|a.example");
  EXPECT_EQ(waiting.next("main"), "main|b.example") << "at the end again";
  EXPECT_EQ(waiting.next("main"), std::nullopt);
  EXPECT_EQ(waiting.in_line("main"), 0U);
  EXPECT_EQ(waiting.next("other"), "other|c.example");
}

}  // namespace
}  // namespace stagecoach
