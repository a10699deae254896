#include "storage/recycle_repository.h"

#include <gmock/gmock.h>

#include "storage/mailbox_repository.h"
#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RecycleTest : public StorageTest {
 protected:
  FolderId folder(const std::string& name) { return must(mailboxes_.state(fred_, name)).id; }
  std::vector<StoredMessage> messages(const std::string& name) {
    return must(mailboxes_.open(fred_, name)).messages;
  }
  void deliver(std::int64_t id, const std::string& name = "INBOX") {
    commit_one(writer_, message_to(id, {fred_}, name));
  }
  void expunge(const std::string& name, const std::vector<std::int64_t>& uids, std::int64_t at) {
    writer_.keep_deleted(at);
    commit_one(writer_, ExpungeMessages{folder(name), uids, false});
  }
  /// What `user undelete` does; gives "folder: number of messages" each.
  std::vector<std::string> undelete(std::int64_t since, bool unread = false, bool flagged = false) {
    std::vector<std::string> back;
    for (const RestorableFolder& found : must(bin_.revive_folders(fred_, since, k_now + 1000))) {
      const auto result = commit_one(writer_, RestoreMessages{found.id, since, unread, flagged});
      back.push_back(found.name + ": " + std::to_string(result.stored.size()) +
                     (found.revived ? " in a revived folder" : ""));
    }
    return back;
  }
  std::string counted(std::int64_t since) {
    const RecycledCount count = must(bin_.count(fred_, since));
    return std::to_string(count.messages) + " messages, " + std::to_string(count.folders) + " folders";
  }

  RecycleRepository bin_{database_};
  MailboxRepository mailboxes_{database_};
  MailWriter writer_{connect()};
  const UserId fred_ = user("fred"), kate_ = user("kate");
};

// USR-190, USR-191
TEST_F(RecycleTest, DeletedMessagesComeBackIntoTheirFolder) {
  for (std::int64_t id : {1, 2, 3}) deliver(id);
  expunge("INBOX", {1}, k_now);
  expunge("INBOX", {2}, k_now + 10);
  EXPECT_EQ(messages("INBOX").size(), 1u);
  EXPECT_EQ(counted(k_now), "2 messages, 0 folders");
  EXPECT_EQ(counted(k_now + 1), "1 messages, 0 folders");
  EXPECT_EQ(must(bin_.count(kate_, 0)).messages, 0);
  EXPECT_THAT(undelete(k_now + 1), ElementsAre("INBOX: 1"));
  const auto rows = messages("INBOX");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].uid, 4u) << "a UID is never given twice";
  EXPECT_EQ(rows[1].content.value, 2);
  EXPECT_EQ(rows[1].internal_date, 1'800'000'002);
  EXPECT_EQ(counted(0), "1 messages, 0 folders");
}

// USR-191
TEST_F(RecycleTest, FlagsAreAsTheyWereOrAsTheyAreWanted) {
  deliver(1);
  const auto set_flags = [&](std::int64_t uid, std::uint8_t flags) {
    commit_one(writer_, ChangeFlags{folder("INBOX"), {uid}, ChangeFlags::Mode::replace, flags, {"work"}});
  };
  set_flags(1, flag_seen | flag_deleted | flag_answered);
  expunge("INBOX", {1}, k_now);
  undelete(k_now);
  EXPECT_EQ(messages("INBOX").at(0).flags, flag_seen | flag_answered);
  EXPECT_THAT(messages("INBOX").at(0).keywords, ElementsAre("work"));
  expunge("INBOX", {2}, k_now + 5);
  undelete(k_now + 5, true, true);
  EXPECT_EQ(messages("INBOX").at(0).flags, flag_answered | flag_flagged);
}

// USR-191, USR-203
TEST_F(RecycleTest, DeletedFoldersComeBackWithTheirMessages) {
  deliver(1, "Work");
  deliver(2, "Work");
  expunge("Work", {1}, k_now);
  must(mailboxes_.remove(fred_, "Work", k_now + 10));
  EXPECT_FALSE(mailboxes_.state(fred_, "Work"));
  EXPECT_EQ(counted(k_now), "2 messages, 1 folders");
  EXPECT_THAT(undelete(k_now + 10), ElementsAre("Work: 1 in a revived folder"));
  EXPECT_EQ(messages("Work").at(0).content.value, 2);
  EXPECT_THAT(undelete(k_now), ElementsAre("Work: 1")) << "the earlier message has followed its folder";
  EXPECT_EQ(value("SELECT count(*) FROM content WHERE copies = 1"), "2");
}

TEST_F(RecycleTest, ARevivedFolderJoinsOneOfItsName) {
  deliver(1, "Work");
  must(mailboxes_.remove(fred_, "Work", k_now));
  deliver(2, "INBOX");
  must(mailboxes_.create(fred_, "Work", "", k_now));
  EXPECT_THAT(undelete(k_now), ElementsAre("Work: 1 in a revived folder"));
  EXPECT_EQ(messages("Work").size(), 1u);
}

// USR-192
TEST_F(RecycleTest, WithoutABinEverythingIsGoneAtOnce) {
  deliver(1);
  deliver(2, "Work");
  expunge("INBOX", {1}, 0);
  must(mailboxes_.remove(fred_, "Work"));
  EXPECT_EQ(counted(0), "0 messages, 0 folders");
  EXPECT_EQ(value("SELECT count(*) FROM content"), "0");
}

// USR-192
TEST_F(RecycleTest, ThePurgeForgetsWhatIsOldInPortions) {
  for (std::int64_t id : {1, 2, 3}) deliver(id);
  deliver(4, "Work");
  expunge("INBOX", {1, 2}, k_now);
  expunge("INBOX", {3}, k_now + 10);
  must(mailboxes_.remove(fred_, "Work", k_now));
  EXPECT_EQ(must(bin_.purge(k_now + 10, 2)), 2);
  EXPECT_EQ(must(bin_.purge(k_now + 10, 2)), 1);
  EXPECT_EQ(must(bin_.purge(k_now + 10, 2)), 0);
  EXPECT_EQ(counted(0), "1 messages, 0 folders");
  EXPECT_EQ(value("SELECT string_agg(id::text, ' ') FROM content"), "3");
}

TEST_F(RecycleTest, AMoveIsNoDeletion) {
  deliver(1);
  must(mailboxes_.folders(fred_, k_now));
  writer_.keep_deleted(k_now);
  CopyMessages move{folder("INBOX"), {1}, must(mailboxes_.ensure(fred_, "Work", k_now))};
  move.move = true;
  commit_one(writer_, move);
  EXPECT_EQ(counted(0), "0 messages, 0 folders");
  EXPECT_EQ(value("SELECT copies FROM content"), "1");
}

TEST_F(RecycleTest, NothingLeavesTheBinForAFolderThatIsGone) {
  deliver(1, "Work");
  const FolderId work = folder("Work");
  expunge("Work", {1}, k_now);
  must(mailboxes_.remove(fred_, "Work", k_now));
  EXPECT_FALSE(commit(writer_, {WriteUnit{RestoreMessages{work, 0, false, false}}}).at(0));
  EXPECT_EQ(counted(0), "1 messages, 1 folders");
}

// USR-218
TEST_F(RecycleTest, AQueuedMessageIsCopiedOrMovedIntoAnInbox) {
  AcceptMessage accept = message_to(7, {});
  accept.queued = QueuedMessage{{.reverse_path = "a@example.com"}, {}};
  accept.queued->envelope.recipients.push_back({"x@remote.example", 0, {}});
  commit_one(writer_, accept);
  QueueOutcome outcome;
  outcome.id = QueueId{7};
  outcome.copy = QueueOutcome::Copy{fred_, accept.content->size_bytes, k_now};
  const WriteResult copied = commit_one(writer_, outcome);
  ASSERT_EQ(copied.stored.size(), 1u);
  EXPECT_EQ(copied.stored[0].user, fred_);
  EXPECT_EQ(messages("INBOX").at(0).content.value, 7);
  outcome.recipients.push_back({.address = "x@remote.example", .finished = true});
  commit_one(writer_, outcome);
  EXPECT_EQ(messages("INBOX").size(), 2u);
  EXPECT_EQ(value("SELECT count(*) FROM queue_message"), "0");
  EXPECT_EQ(value("SELECT copies FROM content"), "2");
}

// USR-187
TEST_F(RecycleTest, ACopyInTheInboxGoesWithItsDelivery) {
  writer_.keep_deleted(k_now);
  deliver(1);
  AcceptMessage accept = message_to(7, {fred_, kate_});
  accept.queued = QueuedMessage{{.reverse_path = "a@example.com"}, {QueueWay{"", "mail.lan", "", fred_}}};
  accept.queued->envelope.recipients.push_back({"fred@main.example", notify_never, {}});
  commit_one(writer_, accept);
  EXPECT_TRUE(must(mailboxes_.holds(fred_, "INBOX", ContentId{7})));
  QueueOutcome outcome;
  outcome.id = QueueId{7};
  outcome.recipients.push_back({.address = "fred@main.example", .finished = true});
  outcome.mirrors = {fred_};
  const WriteResult result = commit_one(writer_, outcome);
  ASSERT_EQ(result.gone.size(), 1u) << "his sessions are told";
  EXPECT_EQ(result.gone[0].user, fred_);
  EXPECT_EQ(result.gone[0].folder, folder("INBOX"));
  EXPECT_THAT(result.gone[0].uids, ::testing::ElementsAre(2));
  EXPECT_FALSE(must(mailboxes_.holds(fred_, "INBOX", ContentId{7})));
  EXPECT_EQ(messages("INBOX").size(), 1u);
  EXPECT_EQ(counted(0), "0 messages, 0 folders") << "it is no deletion";
  EXPECT_EQ(value("SELECT copies FROM content WHERE id = 7"), "1") << "Kate's";
}

}  // namespace
}  // namespace stagecoach::storage
