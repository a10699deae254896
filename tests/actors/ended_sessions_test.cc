#include "actors/ended_sessions.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

EndedSession session(std::int64_t at) { return {.at = at, .service = "pop3"}; }

std::string times(const std::vector<EndedSession>& sessions) {
  std::string text;
  for (const EndedSession& one : sessions) text += std::to_string(one.at) + " ";
  return text;
}

TEST(EndedSessions, GivesTheOldestFirst) {
  EndedSessions ended;
  for (int i = 1; i <= 3; ++i) ended.add(session(i));
  auto taken = ended.take(2);
  EXPECT_EQ(times(taken), "1 2 ");
  EXPECT_EQ(ended.size(), 1u);
  ended.give_back(std::move(taken));
  EXPECT_EQ(times(ended.take(10)), "1 2 3 ");
  EXPECT_EQ(ended.take_dropped(), 0);
}

// LOC-20
TEST(EndedSessions, DropsTheOldestWhenNobodyTakesThem) {
  EndedSessions ended;
  for (std::size_t i = 0; i < EndedSessions::k_sessions_max + 2; ++i)
    ended.add(session(static_cast<std::int64_t>(i)));
  EXPECT_EQ(ended.size(), EndedSessions::k_sessions_max);
  EXPECT_EQ(ended.take_dropped(), 2);
  EXPECT_EQ(ended.take_dropped(), 0);
  auto taken = ended.take(1);
  EXPECT_EQ(times(taken), "2 ");
  ended.add(session(1));
  ended.give_back(std::move(taken));  // no room any more
  EXPECT_EQ(ended.take_dropped(), 1);
}

TEST(EndedSessions, KeepsNothingWithoutHistory) {
  EndedSessions ended;
  ended.add(session(1));
  ended.keep(false);
  ended.add(session(2));
  ended.give_back({session(3)});
  EXPECT_EQ(ended.size(), 0u);
  ended.keep(true);
  ended.add(session(4));
  EXPECT_EQ(ended.size(), 1u);
}

}  // namespace
}  // namespace stagecoach
