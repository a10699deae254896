#include "actors/work_slots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stagecoach {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const WorkSlots::Clock::time_point k_noon{};

SlotRequest fetch_of(std::uint64_t session, std::int64_t user, int per_user = 2, int server = 3) {
  return {session, UserId{user}, SlotKind::fetch, per_user, server};
}

// IMA-12
TEST(WorkSlots, AUsersFurtherFetchesWaitForTheFirstToEnd) {
  WorkSlots slots;
  EXPECT_TRUE(slots.begin(fetch_of(1, 7), k_noon));
  EXPECT_TRUE(slots.begin(fetch_of(2, 7), k_noon));
  EXPECT_FALSE(slots.begin(fetch_of(3, 7), k_noon));
  EXPECT_THAT(slots.end(1, SlotKind::fetch), ElementsAre(3U));
  EXPECT_FALSE(slots.anybody_waits());
}

// IMA-13
TEST(WorkSlots, TheServersFurtherFetchesWaitWhoeverTheyAreFor) {
  WorkSlots slots;
  for (std::uint64_t i = 1; i <= 3; ++i)
    EXPECT_TRUE(slots.begin(fetch_of(i, static_cast<std::int64_t>(i)), k_noon));
  EXPECT_FALSE(slots.begin(fetch_of(4, 4), k_noon));
  EXPECT_THAT(slots.end(2, SlotKind::fetch), ElementsAre(4U));
}

// IMA-12, IMA-13, IMA-14
TEST(WorkSlots, WhoWaitsTooLongIsRefusedInTheWordsOfTheSpecification) {
  const struct {
    SlotKind kind;
    std::chrono::seconds patience;
    const char* text;
  } k_cases[] = {{SlotKind::fetch, 40s, "Too many current FETCHes active"},
                 {SlotKind::search, 30s, "Too many concurrent searches - try again later"}};
  for (const auto& [kind, patience, text] : k_cases) {
    WorkSlots slots;
    EXPECT_TRUE(slots.begin({1, UserId{7}, kind, 1, 0}, k_noon));
    EXPECT_FALSE(slots.begin({2, UserId{7}, kind, 1, 0}, k_noon));
    EXPECT_THAT(slots.expire(k_noon + patience - 1s), IsEmpty());
    const auto expired = slots.expire(k_noon + patience);
    ASSERT_EQ(expired.size(), 1U) << text;
    EXPECT_EQ(expired.front().session, 2U);
    EXPECT_EQ(WorkSlots::refusal(kind), text);
    EXPECT_THAT(slots.end(1, kind), IsEmpty()) << "nobody waits any more";
  }
}

TEST(WorkSlots, ASessionThatEndsLeavesTheLineAndItsSlot) {
  WorkSlots slots;
  EXPECT_TRUE(slots.begin(fetch_of(1, 7, 1), k_noon));
  EXPECT_FALSE(slots.begin(fetch_of(2, 7, 1), k_noon));
  EXPECT_FALSE(slots.begin(fetch_of(3, 7, 1), k_noon));
  EXPECT_THAT(slots.end(2, SlotKind::fetch), IsEmpty());
  EXPECT_THAT(slots.end(1, SlotKind::fetch), ElementsAre(3U));
  EXPECT_THAT(slots.end(99, SlotKind::fetch), IsEmpty()) << "an unknown session changes nothing";
}

TEST(WorkSlots, FetchesAndSearchesDoNotCountForEachOther) {
  WorkSlots slots;
  EXPECT_TRUE(slots.begin(fetch_of(1, 7, 1), k_noon));
  EXPECT_TRUE(slots.begin({1, UserId{7}, SlotKind::search, 1, 0}, k_noon));
  EXPECT_THAT(slots.end(1, SlotKind::search), IsEmpty());
  EXPECT_FALSE(slots.begin(fetch_of(2, 7, 1), k_noon)) << "the fetch still runs";
}

}  // namespace
}  // namespace stagecoach
