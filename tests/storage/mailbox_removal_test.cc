#include "storage/mailbox_removal.h"

#include "storage/content_store.h"
#include "storage/mailbox_repository.h"
#include "storage/mailbox_usage_repository.h"
#include "storage/recycle_repository.h"
#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

class MailboxRemovalTest : public StorageTest {
 protected:
  void remove(UserId user) {
    must(database_.execute("BEGIN"));
    must(remove_mailbox(database_, user));
    must(database_.execute("COMMIT"));
  }
  std::size_t contents(const std::vector<std::int64_t>& ids) {
    return must(ContentStore(database_).describe(ids, 0)).size();
  }

  MailWriter writer_{connect()};
  const UserId fred_ = user("fred"), kate_ = user("kate");
};

// USR-209 USR-212
TEST_F(MailboxRemovalTest, NothingOfTheMailIsLeft) {
  commit_one(writer_, message_to(1, {fred_}));
  commit_one(writer_, message_to(2, {fred_, kate_}));
  commit_one(writer_, message_to(3, {fred_}, "Work"));
  must(MailboxRepository(database_).remove(fred_, "Work", k_now));
  const auto before = must(MailboxUsageRepository(database_).holdings({fred_.value, kate_.value}));
  ASSERT_EQ(before.size(), 2u);
  EXPECT_EQ(before[0].messages, 2) << "what the recycle bin has does not count";
  EXPECT_EQ(before[0].folders, 1);
  remove(fred_);
  EXPECT_EQ(must(MailboxUsageRepository(database_).holdings({fred_.value}))[0].messages, 0);
  EXPECT_EQ(must(RecycleRepository(database_).count(fred_, 0)).messages, 0);
  EXPECT_EQ(must(MailboxUsageRepository(database_).folders(fred_)).size(), 0u);
  EXPECT_EQ(contents({1, 2, 3}), 1u) << "Kate's copy keeps its content";
  EXPECT_EQ(must(MailboxRepository(database_).state(kate_, "INBOX")).messages, 1);
}

TEST_F(MailboxRemovalTest, FilesAndTheMemoryOfAnswersGoToo) {
  const std::string number = std::to_string(fred_.value);
  must(database_.execute("INSERT INTO user_media VALUES (" + number +
                         ", 'a.pdf', 'x/y', 1, 0, 'x');"
                         "INSERT INTO autoresponse_match VALUES (" +
                         number +
                         ", 'away', 3);"
                         "INSERT INTO autoresponse_log VALUES (" +
                         number + ", 'away', 'ann', 'r', 1)"));
  remove(fred_);
  constexpr Statement k_left{
      "test_left",
      "SELECT (SELECT count(*) FROM user_media) + (SELECT count(*) FROM autoresponse_match)"
      " + (SELECT count(*) FROM autoresponse_log)"};
  EXPECT_EQ(must(database_.run(k_left)).integer(0, 0), 0);
}

TEST_F(MailboxRemovalTest, MailForOneWhoComesBackFindsNewFolders) {
  commit_one(writer_, message_to(1, {fred_}));
  remove(fred_);
  commit_one(writer_, message_to(2, {fred_}));
  EXPECT_EQ(must(MailboxRepository(database_).state(fred_, "INBOX")).messages, 1);
}

}  // namespace
}  // namespace stagecoach::storage
