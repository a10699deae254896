#include "storage/mailbox_usage_repository.h"

#include <gmock/gmock.h>

#include "storage/mailbox_repository.h"
#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class UsageTest : public StorageTest {
 protected:
  MailboxUsageRepository usage_{database_};
  MailWriter writer_{connect()};
  const UserId fred_ = user("fred"), kate_ = user("kate");
};

TEST_F(UsageTest, MeasuresTheUsersThatAreAskedFor) {
  for (std::int64_t id : {1, 2}) commit_one(writer_, message_to(id, {fred_}));
  commit_one(writer_, message_to(3, {fred_}, "Work"));
  const std::int64_t size = small_content("message 1")->size_bytes;
  const auto sizes = must(usage_.sizes({kate_.value, fred_.value}));
  ASSERT_EQ(sizes.size(), 2u);
  EXPECT_EQ(sizes[0].user, fred_) << "by number";
  EXPECT_EQ(sizes[0].inbox_messages, 2);
  EXPECT_EQ(sizes[0].size_bytes, 3 * size);
  EXPECT_EQ(sizes[1].size_bytes, 0);
  EXPECT_THAT(must(usage_.sizes({})), IsEmpty());
}

// USR-201
TEST_F(UsageTest, ListsFoldersWithTheirSizes) {
  AcceptMessage accept = message_to(1, {fred_}, "Work");
  accept.copies[0].flags = flag_seen;
  commit_one(writer_, accept);
  commit_one(writer_, message_to(2, {fred_}, "Work"));
  for (const FolderSize& folder : must(usage_.folders(fred_))) {
    const bool work = folder.name == "Work";
    EXPECT_EQ(folder.messages, work ? 2 : 0) << folder.name;
    EXPECT_EQ(folder.unread, work ? 1 : 0) << folder.name;
    EXPECT_EQ(folder.size_bytes > 0, work) << folder.name;
  }
  EXPECT_EQ(must(usage_.folders(fred_)).size(), 6u);
}

TEST_F(UsageTest, FindsOldMessagesInPages) {
  for (std::int64_t id : {1, 2, 3}) commit_one(writer_, message_to(id, {fred_}));
  const FolderId inbox = must(MailboxRepository(database_).state(fred_, "INBOX")).id;
  const auto uids = [&](std::int64_t before, std::int64_t after, std::int64_t max) {
    std::vector<std::uint32_t> found;
    for (const StoredMessage& one : must(usage_.older_messages(inbox, before, after, max)))
      found.push_back(one.uid);
    return found;
  };
  EXPECT_THAT(uids(k_now + 3, 0, 10), ElementsAre(1, 2)) << "the third came at k_now + 3";
  EXPECT_THAT(uids(INT64_MAX, 0, 2), ElementsAre(1, 2));
  EXPECT_THAT(uids(INT64_MAX, 2, 2), ElementsAre(3));
}

}  // namespace
}  // namespace stagecoach::storage
