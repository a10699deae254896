#include "actors/recent_contents.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

std::shared_ptr<const Content> content(std::size_t bytes) {
  auto made = std::make_shared<Content>();
  made->head.assign(bytes, 'x');
  made->size_bytes = static_cast<std::int64_t>(bytes);
  return made;
}

TEST(RecentContents, GivesWhatWasPutUntilItIsDropped) {
  RecentContents recent;
  const auto one = content(5);
  recent.put(MessageId{1}, one);
  EXPECT_EQ(recent.find(1), one);
  EXPECT_EQ(recent.find(2), nullptr);
  recent.drop(1);
  EXPECT_EQ(recent.find(1), nullptr);
}

TEST(RecentContents, LetsTheOldestGoWhenThereAreTooManyBytes) {
  RecentContents recent;
  const auto half = static_cast<std::size_t>(RecentContents::k_bytes_max / 2);
  recent.put(MessageId{1}, content(half));
  recent.put(MessageId{2}, content(half));
  EXPECT_NE(recent.find(1), nullptr);
  recent.put(MessageId{3}, content(1));
  EXPECT_EQ(recent.find(1), nullptr);
  EXPECT_NE(recent.find(2), nullptr);
  EXPECT_NE(recent.find(3), nullptr);
  recent.drop(2);
  recent.put(MessageId{4}, content(half));  // what was dropped does not count any more
  EXPECT_NE(recent.find(3), nullptr);
}

TEST(RecentContents, LetsGoOfWhatIsOld) {
  RecentContents recent;
  const auto start = RecentContents::Clock::now();
  recent.put(MessageId{1}, content(5), start);
  recent.put(MessageId{2}, content(5), start + RecentContents::k_age_max);
  recent.expire(start + RecentContents::k_age_max);
  EXPECT_NE(recent.find(1), nullptr);
  recent.expire(start + RecentContents::k_age_max + std::chrono::seconds(1));
  EXPECT_EQ(recent.find(1), nullptr);
  EXPECT_NE(recent.find(2), nullptr);
}

TEST(RecentContents, DoesNotKeepWhatIsInChunks) {
  RecentContents recent;
  auto large = std::make_shared<Content>();
  large->stored = ContentId{1};
  recent.put(MessageId{1}, large);
  recent.put(MessageId{2}, nullptr);
  EXPECT_EQ(recent.find(1), nullptr);
  EXPECT_EQ(recent.find(2), nullptr);
}

}  // namespace
}  // namespace stagecoach
