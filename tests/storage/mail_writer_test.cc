#include "storage/mail_writer.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "storage/content_store.h"
#include "storage/mailbox_repository.h"
#include "storage/queue_repository.h"
#include "storage/trace_repository.h"
#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class MailWriterTest : public StorageTest {
 protected:
  MailboxRepository mailboxes() { return MailboxRepository(database_); }

  FolderId folder(UserId owner, const std::string& name) {
    return must(mailboxes().ensure(owner, name, k_now));
  }
  FolderSnapshot open(UserId owner, const std::string& name = "INBOX") {
    return must(mailboxes().open(owner, name));
  }
  std::vector<std::uint32_t> uids(UserId owner, const std::string& name = "INBOX") {
    std::vector<std::uint32_t> uids;
    for (const StoredMessage& message : open(owner, name).messages) uids.push_back(message.uid);
    return uids;
  }
  std::string copies(std::int64_t content) {
    return value("SELECT copies FROM content WHERE id = " + std::to_string(content));
  }
  /// Delivers messages 1 to `count` to the INBOX of fred.
  void deliver(int count) {
    for (int id = 1; id <= count; ++id) commit_one(writer_, message_to(id, {fred_}));
    inbox_ = folder(fred_, "INBOX");
  }

  MailWriter writer_{connect()};
  const UserId fred_ = user("fred"), kate_ = user("kate");
  FolderId inbox_;  // of fred, after deliver()
};

// ---- deliveries ----

TEST_F(MailWriterTest, UidsAscendWithoutGapsOverTheUnitsOfAGroup) {
  const auto answers = commit(writer_, {{message_to(1, {fred_})},
                                        {message_to(2, {kate_, fred_})},
                                        {message_to(3, {fred_}), message_to(4, {fred_}, "Sent")}});
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0]->at(0).stored.at(0).message.uid, 1u);
  EXPECT_EQ(answers[1]->at(0).stored.at(0).message.uid, 1u) << "of kate";
  EXPECT_EQ(answers[1]->at(0).stored.at(0).user, kate_);
  EXPECT_EQ(answers[1]->at(0).stored.at(1).message.uid, 2u) << "of fred";
  EXPECT_EQ(answers[2]->at(0).stored.at(0).message.uid, 3u);
  EXPECT_EQ(answers[2]->at(1).stored.at(0).message.uid, 1u) << "Sent";
  EXPECT_EQ(commit_one(writer_, message_to(5, {fred_})).stored.at(0).message.uid, 4u);

  const FolderSnapshot inbox = open(fred_);
  EXPECT_THAT(uids(fred_), ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(inbox.messages[1].content, ContentId{2}) << "each UID has its own message";
  EXPECT_EQ(inbox.messages[2].content, ContentId{3});
  EXPECT_EQ(inbox.state.uidnext, 5u);
}

TEST_F(MailWriterTest, ACopyComesWithFlagsKeywordsDateAndSize) {
  AcceptMessage accept = message_to(1, {fred_});
  accept.copies[0].flags = flag_seen | flag_flagged;
  accept.copies[0].keywords = {"$Forwarded", "quote\"and\\slash"};
  const StoredCopy stored = commit_one(writer_, accept).stored.at(0);
  const StoredMessage message = open(fred_).messages.at(0);
  EXPECT_EQ(stored.message, message) << "what sessions are told is what is there";
  EXPECT_EQ(message.flags, flag_seen | flag_flagged);
  EXPECT_EQ(message.keywords, accept.copies[0].keywords);
  EXPECT_EQ(message.internal_date, accept.copies[0].internal_date);
  EXPECT_EQ(message.size_bytes, accept.content->size_bytes);
}

TEST_F(MailWriterTest, ManyCopiesShareOneContent) {
  AcceptMessage accept = message_to(7, {fred_, kate_});
  accept.queued =
      QueuedMessage{{.reverse_path = "fred@example.com", .recipients = {{"x@remote.example", 0, {}}}}, {}};
  commit_one(writer_, accept);
  EXPECT_EQ(value("SELECT count(*) FROM content"), "1");
  EXPECT_EQ(copies(7), "3") << "two mailboxes and the queue";
}

TEST_F(MailWriterTest, AMessageThatNobodyKeepsLeavesOnlyItsTrace) {
  AcceptMessage accept = message_to(7, {});
  accept.trace = TraceEntry{.id = MessageId{7}, .at = 1, .event = "accepted"};
  commit_one(writer_, accept);
  EXPECT_EQ(value("SELECT count(*) FROM content"), "0");
  EXPECT_EQ(value("SELECT event FROM trace WHERE id = 7"), "accepted");
}

TEST_F(MailWriterTest, TheModificationSequenceGrowsWithEachChange) {
  deliver(1);
  std::int64_t last = open(fred_).state.modseq;
  const auto expect_growth = [&](const char* change) {
    const std::int64_t modseq = open(fred_).state.modseq;
    EXPECT_GT(modseq, last) << change;
    last = modseq;
  };
  const auto stored = commit_one(writer_, message_to(2, {fred_}));
  expect_growth("delivery");
  EXPECT_EQ(stored.stored.at(0).message.modseq, last);
  const auto flags = commit_one(writer_, ChangeFlags{.folder = inbox_, .uids = {1}, .flags = flag_seen});
  expect_growth("flags");
  EXPECT_EQ(flags.flags.modseq, last);
  const auto gone = commit_one(writer_, ExpungeMessages{inbox_, {1}});
  expect_growth("expunge");
  EXPECT_EQ(gone.gone.at(0).modseq, last);
}

TEST_F(MailWriterTest, MakesAFolderThatIsMissing) {
  commit_one(writer_, message_to(1, {fred_}, "Lists/caf"));
  EXPECT_THAT(uids(fred_, "Lists/caf"), ElementsAre(1));
  EXPECT_EQ(must(mailboxes().state(fred_, "Lists")).messages, 0);
}

TEST_F(MailWriterTest, MakesAFolderAgainThatWasDeletedMeanwhile) {
  commit_one(writer_, message_to(1, {fred_}, "Lists"));
  must(mailboxes().remove(fred_, "Lists"));
  const auto answers = commit(writer_, {{message_to(2, {fred_}, "Lists")}, {message_to(3, {kate_})}});
  ASSERT_TRUE(answers[0]) << answers[0].error().text();
  ASSERT_TRUE(answers[1]) << answers[1].error().text();
  EXPECT_EQ(open(fred_, "Lists").messages.at(0).content, ContentId{2});
}

TEST_F(MailWriterTest, MakesAFolderAgainThatWasRenamedMeanwhile) {
  commit_one(writer_, message_to(1, {fred_}, "Lists"));
  must(mailboxes().rename(fred_, "Lists", "Old", k_now));
  commit_one(writer_, message_to(2, {fred_}, "Lists"));
  EXPECT_EQ(open(fred_, "Old").messages.at(0).content, ContentId{1});
  EXPECT_EQ(open(fred_, "Lists").messages.at(0).content, ContentId{2});
}

TEST_F(MailWriterTest, AFolderNumberThatIsGoneIsAnErrorAndStoresNothing) {
  AcceptMessage accept = message_to(1, {fred_});
  accept.copies[0].folder_id = FolderId{4711};
  EXPECT_FALSE(commit(writer_, {{accept}}).at(0));
  EXPECT_EQ(value("SELECT count(*) FROM message"), "0");
  EXPECT_EQ(value("SELECT count(*) FROM content"), "0");
}

// ---- groups ----

TEST_F(MailWriterTest, APoisonedUnitDoesNotHarmTheOthers) {
  AcceptMessage unknown_user = message_to(2, {UserId{4711}});  // fails before the group is sent
  AcceptMessage bad_text = message_to(3, {fred_});             // fails within the group
  bad_text.copies[0].keywords = {"\xff"};
  const auto answers = commit(writer_, {{message_to(1, {fred_})},
                                        {unknown_user},
                                        {bad_text},
                                        {message_to(4, {fred_})},
                                        {message_to(5, {kate_})}});
  EXPECT_TRUE(answers[0]);
  EXPECT_FALSE(answers[1]);
  EXPECT_FALSE(answers[2]);
  ASSERT_TRUE(answers[3]);
  EXPECT_TRUE(answers[4]);
  EXPECT_FALSE(writer_.is_broken());
  EXPECT_EQ(answers[3]->at(0).stored.at(0).message.uid, 2u);
  EXPECT_THAT(uids(fred_), ElementsAre(1, 2)) << "no gap where the bad one was";
}

TEST_F(MailWriterTest, AUnitIsAllOrNothing) {
  AcceptMessage bad = message_to(2, {fred_});
  bad.copies[0].keywords = {"\xff"};
  EXPECT_FALSE(commit(writer_, {{message_to(1, {fred_}), bad}}).at(0));
  EXPECT_EQ(value("SELECT count(*) FROM content"), "0");
  EXPECT_EQ(value("SELECT count(*) FROM message"), "0");
}

TEST_F(MailWriterTest, KnowsWhatIsCommitted) {
  deliver(2);
  AcceptMessage discarded = message_to(3, {});
  discarded.trace = TraceEntry{.id = MessageId{3}, .at = 1, .event = "accepted"};
  commit_one(writer_, discarded);
  EXPECT_THAT(must(writer_.committed({1, 2, 3, 4})), UnorderedElementsAre(1, 2, 3));
  EXPECT_THAT(must(writer_.committed({})), IsEmpty());
  EXPECT_FALSE(commit(writer_, {{message_to(2, {fred_})}}).at(0)) << "a number is used once";
  EXPECT_EQ(uids(fred_).size(), 2u);
}

TEST_F(MailWriterTest, TellsTheCopiesOfCommittedMessagesOnceMore) {
  deliver(1);
  const WriteResult stored = commit_one(writer_, message_to(2, {fred_, kate_}));
  const auto copies = must(writer_.copies_of({2, 99}, {fred_.value, kate_.value}));
  ASSERT_EQ(copies.size(), 2u);
  for (const StoredCopy& copy : copies) {
    const auto same = std::find_if(stored.stored.begin(), stored.stored.end(),
                                   [&](const StoredCopy& one) { return one.folder == copy.folder; });
    ASSERT_NE(same, stored.stored.end());
    EXPECT_EQ(copy.user, same->user);
    EXPECT_EQ(copy.message, same->message);
  }
  EXPECT_THAT(must(writer_.copies_of({2}, {})), IsEmpty());
}

TEST_F(MailWriterTest, ALostConnectionIsAnErrorForAll) {
  deliver(1);
  must(
      database_.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname ="
                        " current_database() AND pid <> pg_backend_pid()"));
  const auto answers = commit(writer_, {{message_to(2, {fred_})}, {message_to(3, {kate_})}});
  EXPECT_TRUE(writer_.is_broken());
  for (const auto& answer : answers) {
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().is_temporary());
  }
  EXPECT_FALSE(writer_.committed({2}));
}

// ---- flags ----

TEST_F(MailWriterTest, FlagsAreAddedRemovedAndReplaced) {
  using Mode = ChangeFlags::Mode;
  const struct {
    const char* name;
    std::uint8_t before;
    std::vector<std::string> keywords_before;
    Mode mode;
    std::uint8_t flags;
    std::vector<std::string> keywords;
    std::uint8_t after;
    std::vector<std::string> keywords_after;
  } k_changes[] = {
      {"add", flag_seen, {"a"}, Mode::add, flag_flagged, {"b"}, flag_seen | flag_flagged, {"a", "b"}},
      {"add what is there", flag_seen, {"a"}, Mode::add, flag_seen, {"a"}, flag_seen, {"a"}},
      {"add to nothing", 0, {}, Mode::add, 0, {"$Junk"}, 0, {"$Junk"}},
      {"remove", flag_seen | flag_draft, {"a", "b"}, Mode::remove, flag_draft, {"a"}, flag_seen, {"b"}},
      {"remove the last keyword", 0, {"a"}, Mode::remove, 0, {"a"}, 0, {}},
      {"remove what is not there", flag_seen, {"a"}, Mode::remove, flag_draft, {"x"}, flag_seen, {"a"}},
      {"replace", flag_seen, {"a"}, Mode::replace, flag_answered, {"c", "b"}, flag_answered, {"b", "c"}},
      {"replace by nothing", flag_seen, {"a"}, Mode::replace, 0, {}, 0, {}},
  };
  std::int64_t id = 0;
  for (const auto& change : k_changes) {
    AcceptMessage accept = message_to(++id, {fred_});
    accept.copies[0].flags = change.before;
    accept.copies[0].keywords = change.keywords_before;
    const StoredCopy copy = commit_one(writer_, accept).stored.at(0);
    const auto result = commit_one(writer_, ChangeFlags{.folder = copy.folder,
                                                        .uids = {copy.message.uid},
                                                        .mode = change.mode,
                                                        .flags = change.flags,
                                                        .keywords = change.keywords});
    const StoredMessage after = open(fred_).messages.back();
    EXPECT_EQ(after.flags, change.after) << change.name;
    EXPECT_EQ(after.keywords, change.keywords_after) << change.name;
    ASSERT_EQ(result.flags.changed.size(), 1u) << change.name;
    EXPECT_EQ(result.flags.changed[0].flags, change.after) << change.name;
    EXPECT_EQ(result.flags.changed[0].keywords, change.keywords_after) << change.name;
    EXPECT_EQ(result.flags.changed[0].modseq, after.modseq) << change.name;
  }
}

TEST_F(MailWriterTest, ANewerMessageIsLeftAloneWhenTheChangeIsConditional) {
  deliver(2);
  const std::int64_t seen_by_client = open(fred_).state.modseq;
  commit_one(writer_, ChangeFlags{.folder = inbox_, .uids = {1}, .flags = flag_flagged});
  const auto result = commit_one(
      writer_,
      ChangeFlags{
          .folder = inbox_, .uids = {1, 2}, .flags = flag_deleted, .unchanged_since = seen_by_client});
  ASSERT_EQ(result.flags.changed.size(), 1u);
  EXPECT_EQ(result.flags.changed[0].uid, 2u);
  EXPECT_EQ(open(fred_).messages[0].flags, flag_flagged);
}

TEST_F(MailWriterTest, FlagsOfNoMessageChangeNothing) {
  deliver(1);
  const std::int64_t modseq = open(fred_).state.modseq;
  const auto result = commit_one(writer_, ChangeFlags{.folder = inbox_, .uids = {99}, .flags = flag_seen});
  EXPECT_THAT(result.flags.changed, IsEmpty());
  EXPECT_EQ(open(fred_).state.modseq, modseq);
}

// ---- copy, move, expunge ----

TEST_F(MailWriterTest, CopiesInOrderAndCountsThem) {
  deliver(3);
  commit_one(writer_, ChangeFlags{.folder = inbox_, .uids = {1}, .flags = flag_seen, .keywords = {"k"}});
  const FolderId target = folder(fred_, "Archive");
  const auto result =
      commit_one(writer_, CopyMessages{.from = inbox_, .uids = {1, 2, 99}, .to = target, .now = k_now});
  EXPECT_THAT(result.from, ElementsAre(1, 2)) << "what is not there is left out";
  ASSERT_EQ(result.stored.size(), 2u);
  EXPECT_EQ(result.stored[0].folder, target);
  EXPECT_THAT(result.gone, IsEmpty());
  const FolderSnapshot archive = open(fred_, "Archive");
  EXPECT_EQ(archive.messages.at(0), result.stored[0].message);
  EXPECT_EQ(archive.messages.at(1), result.stored[1].message);
  EXPECT_EQ(archive.messages[0].content, ContentId{1});
  EXPECT_EQ(archive.messages[0].flags, flag_seen);
  EXPECT_THAT(archive.messages[0].keywords, ElementsAre("k"));
  EXPECT_EQ(archive.messages[0].internal_date, k_now + 1);
  EXPECT_EQ(copies(1), "2");
  EXPECT_EQ(copies(3), "1");
  EXPECT_THAT(uids(fred_), ElementsAre(1, 2, 3));
}

TEST_F(MailWriterTest, CopiesWithoutFlagsAndDateWhenAsked) {
  deliver(1);
  commit_one(writer_, ChangeFlags{.folder = inbox_, .uids = {1}, .flags = flag_seen, .keywords = {"k"}});
  const FolderId target = folder(fred_, "Archive");
  commit_one(writer_, CopyMessages{.from = inbox_, .uids = {1}, .to = target, .keep_meta = false, .now = 42});
  const StoredMessage copy = open(fred_, "Archive").messages.at(0);
  EXPECT_EQ(copy.flags, 0);
  EXPECT_THAT(copy.keywords, IsEmpty());
  EXPECT_EQ(copy.internal_date, 42);
}

TEST_F(MailWriterTest, MovesInOneTransaction) {
  deliver(3);
  const FolderId target = folder(fred_, "Archive");
  const auto result =
      commit_one(writer_, CopyMessages{.from = inbox_, .uids = {1, 3}, .to = target, .move = true});
  EXPECT_THAT(result.from, ElementsAre(1, 3));
  ASSERT_EQ(result.gone.size(), 1u);
  EXPECT_THAT(result.gone.at(0).uids, ElementsAre(1, 3));
  EXPECT_EQ(result.gone.at(0).folder, inbox_);
  EXPECT_THAT(uids(fred_), ElementsAre(2));
  EXPECT_THAT(uids(fred_, "Archive"), ElementsAre(1, 2));
  EXPECT_EQ(copies(1), "1");
  EXPECT_EQ(value("SELECT string_agg(uid::text, ' ' ORDER BY uid) FROM expunged WHERE folder_id = " +
                  std::to_string(inbox_.value)),
            "1 3");
}

TEST_F(MailWriterTest, MovesWithinOneFolder) {
  deliver(2);
  const auto result =
      commit_one(writer_, CopyMessages{.from = inbox_, .uids = {1}, .to = inbox_, .move = true});
  EXPECT_EQ(result.stored.at(0).message.uid, 3u);
  EXPECT_THAT(uids(fred_), ElementsAre(2, 3));
  EXPECT_EQ(copies(1), "1");
}

TEST_F(MailWriterTest, ACopyIntoAFolderThatIsGoneChangesNothing) {
  deliver(1);
  EXPECT_FALSE(
      commit(writer_, {{CopyMessages{.from = inbox_, .uids = {1}, .to = FolderId{4711}, .move = true}}})
          .at(0));
  EXPECT_THAT(uids(fred_), ElementsAre(1));
  EXPECT_EQ(copies(1), "1");
}

TEST_F(MailWriterTest, TheLastExpungeRemovesTheContent) {
  commit_one(writer_, message_to(1, {fred_, kate_}));
  const auto result = commit_one(writer_, ExpungeMessages{folder(fred_, "INBOX"), {1}});
  EXPECT_THAT(result.gone.at(0).uids, ElementsAre(1));
  EXPECT_EQ(copies(1), "1") << "kate still has it";
  commit_one(writer_, ExpungeMessages{folder(kate_, "INBOX"), {1}});
  EXPECT_EQ(copies(1), "no row");
}

TEST_F(MailWriterTest, ExpungesOnlyWhatIsMarkedWhenAsked) {
  deliver(3);
  commit_one(writer_, ChangeFlags{.folder = inbox_, .uids = {2}, .flags = flag_deleted});
  const auto result = commit_one(writer_, ExpungeMessages{inbox_, {1, 2, 3}, true});
  EXPECT_THAT(result.gone.at(0).uids, ElementsAre(2));
  EXPECT_THAT(uids(fred_), ElementsAre(1, 3));
  EXPECT_THAT(commit_one(writer_, ExpungeMessages{inbox_, {2}}).gone.at(0).uids, IsEmpty()) << "gone already";
}

TEST_F(MailWriterTest, AUidIsNeverGivenTwice) {
  deliver(2);
  commit_one(writer_, ExpungeMessages{inbox_, {1, 2}});
  EXPECT_EQ(commit_one(writer_, message_to(3, {fred_})).stored.at(0).message.uid, 3u);
}

// ---- large messages ----

TEST_F(MailWriterTest, ALargeMessageArrivesInChunksAndGoesWithItsLastCopy) {
  const std::string body(k_chunk_bytes + 1000, 'x');
  const std::string head = "Subject: large\r\n\r\n";
  const std::string bytes = head + body;
  commit_one(writer_, UploadChunk{MessageId{9}, 0, bytes.substr(0, k_chunk_bytes)});
  commit_one(writer_,
             UploadChunk{MessageId{9}, 0, bytes.substr(0, k_chunk_bytes)});  // repeated after a lost answer
  commit_one(writer_, UploadChunk{MessageId{9}, k_chunk_bytes, bytes.substr(k_chunk_bytes)});
  EXPECT_THAT(must(writer_.committed({9})), IsEmpty()) << "an upload is no message yet";

  AcceptMessage accept = message_to(9, {fred_});
  Content content = *accept.content;
  content.head = head;
  content.size_bytes = static_cast<std::int64_t>(bytes.size());
  content.header_size_bytes = static_cast<std::int64_t>(head.size());
  content.stored = ContentId{9};
  accept.content = std::make_shared<const Content>(content);
  commit_one(writer_, accept);
  EXPECT_EQ(must(ContentStore(database_).read(ContentId{9}, 0, content.size_bytes)), bytes);

  commit_one(writer_, ExpungeMessages{folder(fred_, "INBOX"), {1}});
  EXPECT_EQ(value("SELECT count(*) FROM content_chunk"), "0");
}

// ---- queue, trace, collectors ----

class MailWriterQueue : public MailWriterTest {
 protected:
  MailWriterQueue() {
    AcceptMessage accept = message_to(5, {});
    accept.queued =
        QueuedMessage{{.reverse_path = "fred@example.com",
                       .recipients = {{"ann@remote.example", notify_failure, "rfc822;ann@remote.example"},
                                      {"bob@remote.example", notify_never, ""},
                                      {"ann@remote.example", 0, ""}},
                       .envelope_id = "QQ314159",
                       .return_content = ReturnContent::headers,
                       .body = BodyType::eight_bit_mime,
                       .smtputf8 = true},
                      {QueueWay{"main", "", "office", UserId{7}}, QueueWay{}},
                      -1,
                      1000,
                      2000};
    commit_one(writer_, accept);
  }
  std::vector<QueuedItem> load() { return must(QueueRepository(database_).load({}, 1000)); }
  QueueOutcome::Recipient finished(const std::string& address) {
    return {.address = address, .finished = true};
  }
};

TEST_F(MailWriterQueue, KeepsTheWholeEnvelope) {
  const auto items = load();
  ASSERT_EQ(items.size(), 1u);
  const QueuedItem& item = items[0];
  EXPECT_EQ(item.id, QueueId{5});
  EXPECT_EQ(item.envelope.reverse_path, "fred@example.com");
  EXPECT_EQ(item.envelope.envelope_id, "QQ314159");
  EXPECT_EQ(item.envelope.return_content, ReturnContent::headers);
  EXPECT_EQ(item.envelope.body, BodyType::eight_bit_mime);
  EXPECT_TRUE(item.envelope.smtputf8);
  EXPECT_EQ(item.priority, -1);
  EXPECT_EQ(item.queued_at, 1000);
  EXPECT_FALSE(item.warned);
  ASSERT_EQ(item.recipients.size(), 2u) << "a recipient waits once";
  const auto ann = std::find_if(item.recipients.begin(), item.recipients.end(), [](const auto& one) {
    return one.recipient.address == "ann@remote.example";
  });
  ASSERT_NE(ann, item.recipients.end());
  EXPECT_EQ(ann->recipient.notify, notify_failure);
  EXPECT_EQ(ann->recipient.original_recipient, "rfc822;ann@remote.example");
  EXPECT_EQ(ann->way, (QueueWay{"main", "", "office", UserId{7}}));
  EXPECT_EQ(ann->next_attempt, 2000);
}

TEST_F(MailWriterQueue, NotesAnAttemptThatFailed) {
  commit_one(writer_, QueueOutcome{.id = QueueId{5},
                                   .recipients = {{.address = "ann@remote.example",
                                                   .held = true,
                                                   .attempts = 3,
                                                   .next_attempt = 9000,
                                                   .last_reply = "450 4.2.1 later",
                                                   .new_address = "carl@remote.example"}},
                                   .warned = true,
                                   .priority = 7});
  const QueuedItem item = load().at(0);
  EXPECT_TRUE(item.warned);
  EXPECT_EQ(item.priority, 7);
  const auto carl = std::find_if(item.recipients.begin(), item.recipients.end(), [](const auto& one) {
    return one.recipient.address == "carl@remote.example";
  });
  ASSERT_NE(carl, item.recipients.end());
  EXPECT_TRUE(carl->held);
  EXPECT_EQ(carl->attempts, 3);
  EXPECT_EQ(carl->next_attempt, 9000);
  EXPECT_EQ(carl->last_reply, "450 4.2.1 later");
}

TEST_F(MailWriterQueue, TheLastRecipientTakesMessageAndContentAway) {
  commit_one(writer_, QueueOutcome{.id = QueueId{5}, .recipients = {finished("ann@remote.example")}});
  EXPECT_EQ(load().at(0).recipients.size(), 1u);
  EXPECT_EQ(copies(5), "1");
  commit_one(writer_, QueueOutcome{.id = QueueId{5},
                                   .recipients = {finished("bob@remote.example")},
                                   .traces = {{.id = MessageId{5}, .at = 7, .event = "delivered"}}});
  EXPECT_THAT(load(), IsEmpty());
  EXPECT_EQ(copies(5), "no row");
  EXPECT_EQ(value("SELECT event FROM trace WHERE id = 5"), "delivered");
}

TEST_F(MailWriterTest, ATraceKeepsEveryField) {
  AcceptMessage accept = message_to(6, {fred_});
  accept.trace = TraceEntry{.id = MessageId{6},
                            .at = 123456,
                            .event = "accepted",
                            .session = "s17",
                            .reverse_path = "ann@remote.example",
                            .recipients = {"fred@example.com", "odd,\"name\"@example.com"},
                            .message_id = "x@remote.example",
                            .size_bytes = 99,
                            .detail = "{\"reasons\":[]}"};
  commit_one(writer_, accept);
  const auto entries = must(TraceRepository(database_).find("6", 10));
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].id, accept.trace->id);
  EXPECT_EQ(entries[0].at, 123456);
  EXPECT_EQ(entries[0].event, "accepted");
  EXPECT_EQ(entries[0].session, "s17");
  EXPECT_EQ(entries[0].reverse_path, "ann@remote.example");
  EXPECT_EQ(entries[0].recipients, accept.trace->recipients);
  EXPECT_EQ(entries[0].message_id, "x@remote.example");
  EXPECT_EQ(entries[0].size_bytes, 99);
  EXPECT_EQ(entries[0].detail, "{\"reasons\":[]}");
}

TEST_F(MailWriterTest, AMarkOfACollectorIsCommittedWithItsMessageOrNotAtAll) {
  AcceptMessage good = message_to(1, {fred_});
  good.collected = CollectedMark{"isp", "uid-1", "digest-1", 100};
  AcceptMessage bad = message_to(2, {fred_});
  bad.collected = CollectedMark{"isp", "uid-2", "digest-2", 100};
  bad.copies[0].keywords = {"\xff"};
  const auto answers = commit(writer_, {{good}, {bad}});
  EXPECT_TRUE(answers[0]);
  EXPECT_FALSE(answers[1]);
  EXPECT_EQ(value("SELECT string_agg(uid || ' ' || digest || ' ' || first_seen, ',') FROM collector_seen"),
            "uid-1 digest-1 100");
}

TEST_F(MailWriterTest, TwoWritersShareAMailbox) {
  MailWriter other(connect());
  for (int id = 1; id <= 10; id += 2) {
    commit_one(writer_, message_to(id, {fred_, kate_}));
    commit_one(other, message_to(id + 1, {kate_, fred_}));
  }
  EXPECT_THAT(uids(fred_), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
  EXPECT_THAT(uids(kate_), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
}

}  // namespace
}  // namespace stagecoach::storage
