#include "actors/incoming_sessions.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

using Since = IncomingSessions::Since;

TEST(IncomingSessions, TellsOfThoseThatBeganLater) {  // COL-97
  IncomingSessions sessions;
  auto earlier = sessions.enter();
  const auto mark = sessions.last();
  EXPECT_EQ(sessions.since(mark), Since::none);
  auto first = sessions.enter();
  EXPECT_EQ(sessions.since(mark), Since::some_open);
  auto second = sessions.enter();
  first = {};
  EXPECT_EQ(sessions.since(mark), Since::some_open) << "the second one goes on";
  second = {};
  EXPECT_EQ(sessions.since(mark), Since::all_over) << "the earlier one does not count";
  earlier = {};
  EXPECT_EQ(sessions.since(mark), Since::all_over);
  EXPECT_EQ(sessions.since(sessions.last()), Since::none);
}

TEST(IncomingSessions, ATicketThatIsMovedLeavesOnce) {
  IncomingSessions sessions;
  {
    auto ticket = sessions.enter();
    const auto moved = std::move(ticket);
    EXPECT_EQ(sessions.since(0), Since::some_open);
  }
  EXPECT_EQ(sessions.since(0), Since::all_over);
}

}  // namespace
}  // namespace stagecoach
