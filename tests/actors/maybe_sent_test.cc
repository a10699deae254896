// Which messages may have been sent before the server ended without a word.
#include "actors/maybe_sent.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

storage::QueuedItem item(std::int64_t id, std::int64_t next_attempt, bool held = false) {
  storage::QueuedItem one;
  one.id = QueueId{id};
  one.recipients.emplace_back();
  one.recipients.back().next_attempt = next_attempt;
  one.recipients.back().held = held;
  return one;
}

TEST(MaybeSent, TellsOnceADestination) {
  MaybeSent maybe;
  maybe.note(item(1, 50), 100);
  maybe.note(item(2, 150), 100);       // was not due
  maybe.note(item(3, 50, true), 100);  // was held
  EXPECT_TRUE(maybe.take(QueueId{1}, "main|a.example"));
  EXPECT_FALSE(maybe.take(QueueId{1}, "main|a.example"));
  EXPECT_TRUE(maybe.take(QueueId{1}, "main|b.example"));
  EXPECT_FALSE(maybe.take(QueueId{2}, "main|a.example"));
  EXPECT_FALSE(maybe.take(QueueId{3}, "main|a.example"));
  EXPECT_FALSE(maybe.take(QueueId{4}, "main|a.example"));  // came later
  maybe.forget(QueueId{1});
  EXPECT_FALSE(maybe.take(QueueId{1}, "main|c.example"));
}

}  // namespace
}  // namespace stagecoach
