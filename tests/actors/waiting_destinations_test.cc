#include "actors/waiting_destinations.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

using Names = std::vector<std::string>;
using Needs = WaitingDestinations::Needs;

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
    waiting.line_up(one, Needs::turn);
  waiting.line_up("main|d.example", Needs::session);
  EXPECT_EQ(waiting.in_line("main", Needs::turn), 2U);
  EXPECT_EQ(waiting.next("main", Needs::turn), "main|b.example");
  waiting.line_up("main|b.example", Needs::turn);
  EXPECT_EQ(waiting.next("main", Needs::turn), "main|a.example");
  EXPECT_EQ(waiting.next("main", Needs::turn), "main|b.example") << "at the end again";
  EXPECT_EQ(waiting.next("main", Needs::turn), std::nullopt);
  EXPECT_EQ(waiting.in_line("main", Needs::turn), 0U);
  EXPECT_EQ(waiting.next("other", Needs::turn), "other|c.example");
  EXPECT_EQ(waiting.next("main", Needs::session), "main|d.example") << "the other line";
}

}  // namespace
}  // namespace stagecoach
