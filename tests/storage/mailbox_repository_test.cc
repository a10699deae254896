#include "storage/mailbox_repository.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MailboxRepositoryTest : public StorageTest {
 protected:
  std::vector<std::string> names(UserId owner) {
    std::vector<std::string> names;
    for (const FolderInfo& folder : must(mailboxes_.folders(owner, k_now))) names.push_back(folder.name);
    return names;
  }
  Error::Kind kind(const auto& result) { return result ? Error::Kind::internal : result.error().kind; }
  std::uint32_t uidvalidity(const std::string& name) {
    return must(mailboxes_.state(fred_, name)).uidvalidity;
  }

  MailboxRepository mailboxes_{database_};
  MailWriter writer_{connect()};
  const UserId fred_ = user("fred"), kate_ = user("kate");
};

TEST_F(MailboxRepositoryTest, ANewMailboxHasTheUsualFolders) {
  const auto folders = must(mailboxes_.folders(fred_, k_now));
  std::vector<std::string> shown;
  for (const FolderInfo& folder : folders) {
    shown.push_back(folder.name + " " + folder.special_use);
    EXPECT_TRUE(folder.subscribed) << folder.name;
  }
  EXPECT_THAT(shown, ElementsAre("Drafts \\Drafts", "INBOX ", "Junk \\Junk", "Sent \\Sent", "Trash \\Trash"));
  EXPECT_EQ(must(mailboxes_.folders(fred_, k_now + 1)), folders) << "made once";
  EXPECT_EQ(names(kate_).size(), 5u) << "each user has their own";
}

TEST_F(MailboxRepositoryTest, CreatesMissingParents) {
  must(mailboxes_.create(fred_, "a/b/c", "", k_now));
  EXPECT_THAT(names(fred_), ElementsAre("a", "a/b", "a/b/c"));
  EXPECT_EQ(kind(mailboxes_.create(fred_, "a/b", "", k_now)), Error::Kind::conflict);
  must(mailboxes_.create(fred_, "Archive", "\\Archive", k_now));
  EXPECT_EQ(must(mailboxes_.folders(fred_, k_now)).front().special_use, "\\Archive");
}

TEST_F(MailboxRepositoryTest, NamesAreUtf8AndExact) {
  must(mailboxes_.create(fred_, "Entwürfe & \"Ideen\"", "", k_now));
  EXPECT_TRUE(mailboxes_.state(fred_, "Entwürfe & \"Ideen\""));
  EXPECT_EQ(kind(mailboxes_.state(fred_, "entwürfe & \"ideen\"")), Error::Kind::not_found);
}

TEST_F(MailboxRepositoryTest, EnsureFindsOrMakes) {
  const FolderId made = must(mailboxes_.ensure(fred_, "Lists", k_now));
  EXPECT_EQ(must(mailboxes_.ensure(fred_, "Lists", k_now)), made);
  EXPECT_EQ(must(mailboxes_.ensure(fred_, "INBOX", k_now)), must(mailboxes_.state(fred_, "INBOX")).id);
}

TEST_F(MailboxRepositoryTest, RenamesWithAllBelow) {
  must(mailboxes_.create(fred_, "a/b/c", "", k_now));
  must(mailboxes_.create(fred_, "ab", "", k_now));
  commit_one(writer_, message_to(1, {fred_}, "a/b"));
  must(mailboxes_.rename(fred_, "a", "x/y", k_now));
  EXPECT_THAT(names(fred_), ElementsAre("ab", "x", "x/y", "x/y/b", "x/y/b/c"));
  EXPECT_EQ(must(mailboxes_.open(fred_, "x/y/b")).messages.size(), 1u);
}

TEST_F(MailboxRepositoryTest, ARenameOntoWhatExistsChangesNothing) {
  must(mailboxes_.create(fred_, "a/b", "", k_now));
  must(mailboxes_.create(fred_, "c/b", "", k_now));
  EXPECT_EQ(kind(mailboxes_.rename(fred_, "a", "c", k_now)), Error::Kind::conflict);
  EXPECT_EQ(kind(mailboxes_.rename(fred_, "none", "d", k_now)), Error::Kind::not_found);
  EXPECT_THAT(names(fred_), ElementsAre("a", "a/b", "c", "c/b"));
}

TEST_F(MailboxRepositoryTest, ARenamedInboxLeavesAnEmptyOne) {
  commit_one(writer_, message_to(1, {fred_}));
  commit_one(writer_, message_to(2, {fred_}));
  const FolderState before = must(mailboxes_.state(fred_, "INBOX"));
  must(mailboxes_.rename(fred_, "INBOX", "Old", k_now));
  const FolderSnapshot inbox = must(mailboxes_.open(fred_, "INBOX"));
  EXPECT_THAT(inbox.messages, IsEmpty());
  EXPECT_EQ(inbox.state.id, before.id);
  EXPECT_GT(inbox.state.modseq, before.modseq);
  EXPECT_EQ(value("SELECT count(*) FROM expunged WHERE folder_id = " + std::to_string(before.id.value)), "2");
  const FolderSnapshot old = must(mailboxes_.open(fred_, "Old"));
  ASSERT_EQ(old.messages.size(), 2u);
  EXPECT_GT(old.state.uidnext, old.messages.back().uid);
  EXPECT_GE(old.state.modseq, old.messages.back().modseq);
  EXPECT_EQ(commit_one(writer_, message_to(3, {fred_})).stored.at(0).message.uid, 3u)
      << "UIDs of INBOX go on";
}

TEST_F(MailboxRepositoryTest, DeletingAFolderFreesItsContents) {
  commit_one(writer_, message_to(1, {fred_}, "Lists"));
  commit_one(writer_, message_to(2, {fred_, kate_}, "Lists"));
  must(mailboxes_.create(fred_, "Lists/below", "", k_now));
  must(mailboxes_.remove(fred_, "Lists"));
  EXPECT_EQ(kind(mailboxes_.open(fred_, "Lists")), Error::Kind::not_found);
  EXPECT_TRUE(mailboxes_.state(fred_, "Lists/below")) << "what is below stays";
  EXPECT_EQ(value("SELECT string_agg(id || ':' || copies, ' ') FROM content"), "2:1") << "kate's copy stays";
  EXPECT_EQ(value("SELECT count(*) FROM message"), "1");
  EXPECT_EQ(kind(mailboxes_.remove(fred_, "Lists")), Error::Kind::not_found);
}

TEST_F(MailboxRepositoryTest, CountsWhatAFolderHolds) {
  std::int64_t size = 0;
  for (const std::uint8_t flags : {0, +flag_seen, flag_seen | flag_deleted, +flag_deleted}) {
    AcceptMessage accept = message_to(flags + 1, {fred_});
    accept.copies[0].flags = flags;
    size += accept.content->size_bytes;
    commit_one(writer_, accept);
  }
  const FolderState state = must(mailboxes_.state(fred_, "INBOX"));
  EXPECT_EQ(state.messages, 4);
  EXPECT_EQ(state.unseen, 2);
  EXPECT_EQ(state.deleted, 2);
  EXPECT_EQ(state.size_bytes, size);
  EXPECT_EQ(state.uidnext, 5u);
  const FolderSnapshot snapshot = must(mailboxes_.open(fred_, "INBOX"));
  EXPECT_EQ(snapshot.state.messages, 4);
  EXPECT_EQ(snapshot.state.modseq, state.modseq);
}

TEST_F(MailboxRepositoryTest, OpenLeavesTheConnectionUsable) {
  EXPECT_EQ(kind(mailboxes_.open(fred_, "none")), Error::Kind::not_found);
  must(mailboxes_.create(fred_, "x", "", k_now));  // not inside a read-only transaction
  EXPECT_TRUE(mailboxes_.open(fred_, "x"));
}

TEST_F(MailboxRepositoryTest, SubscriptionsAreNamesThatNeedNoFolder) {
  must(mailboxes_.subscribe(fred_, "not/there", true));
  must(mailboxes_.subscribe(fred_, "not/there", true));
  must(mailboxes_.subscribe(fred_, "other", true));
  EXPECT_THAT(must(mailboxes_.subscriptions(fred_)), ElementsAre("not/there", "other"));
  must(mailboxes_.subscribe(fred_, "other", false));
  must(mailboxes_.subscribe(fred_, "never", false));
  EXPECT_THAT(must(mailboxes_.subscriptions(fred_)), ElementsAre("not/there"));
  EXPECT_THAT(must(mailboxes_.subscriptions(kate_)), IsEmpty());
}

TEST_F(MailboxRepositoryTest, UidvalidityGrowsForANameThatIsUsedAgain) {
  must(mailboxes_.create(fred_, "x", "", k_now));
  std::uint32_t last = uidvalidity("x");
  EXPECT_GE(last, k_now);
  for (const std::int64_t now : {k_now, k_now, k_now - 1000, k_now + 1000}) {  // also when a clock goes back
    must(mailboxes_.remove(fred_, "x"));
    must(mailboxes_.create(fred_, "x", "", now));
    EXPECT_GT(uidvalidity("x"), last) << now;
    last = uidvalidity("x");
  }
}

}  // namespace
}  // namespace stagecoach::storage
