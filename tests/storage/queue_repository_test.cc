#include "storage/queue_repository.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST_F(StorageTest, TheQueueLoadsOldestFirstWithTheRecipientsOfEach) {
  QueueRepository queue(database_);
  EXPECT_THAT(must(queue.load({}, 10)), IsEmpty());
  MailWriter writer(connect());
  const auto enqueue = [&](std::int64_t id, const std::vector<std::string>& recipients) {
    AcceptMessage accept = message_to(id, {});
    Content content = *accept.content;
    content.transmit_offset = id;
    accept.content = std::make_shared<const Content>(content);
    accept.queued = QueuedMessage{{.reverse_path = "a@example.com"}, {}};
    for (const std::string& address : recipients)
      accept.queued->envelope.recipients.push_back({address, 0, {}});
    commit_one(writer, accept);
  };
  enqueue(30, {"x@c.example"});
  enqueue(10, {"x@a.example", "y@a.example", "z@a.example"});
  enqueue(20, {"x@b.example", "y@b.example"});
  std::vector<std::string> shown;
  for (const QueuedItem& item : must(queue.load({}, 10))) {
    std::string text = std::to_string(item.id.value) + "/" + std::to_string(item.transmit_offset);
    EXPECT_GT(item.size_bytes, 0);
    EXPECT_THAT(item.envelope.recipients, IsEmpty()) << "recipients are beside the envelope";
    for (const QueuedRecipient& recipient : item.recipients) {
      EXPECT_EQ(recipient.id, item.id);
      text += " " + recipient.recipient.address.substr(2, 1);
    }
    shown.push_back(text);
  }
  EXPECT_THAT(shown, ElementsAre("10/10 a a a", "20/20 b b", "30/30 c"));
  const auto page = [&](std::int64_t after, std::int64_t messages_max) {
    std::vector<std::pair<std::int64_t, std::size_t>> found;
    for (const QueuedItem& item : must(queue.load(QueueId{after}, messages_max)))
      found.emplace_back(item.id.value, item.recipients.size());
    return found;
  };
  EXPECT_THAT(page(0, 2), ElementsAre(Pair(10, 3), Pair(20, 2)));
  EXPECT_THAT(page(20, 2), ElementsAre(Pair(30, 1)));
  EXPECT_THAT(page(30, 2), IsEmpty());
}

}  // namespace
}  // namespace stagecoach::storage
