#include "storage/history_repository.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class HistoryRepositoryTest : public StorageTest {
 protected:
  void trace(std::int64_t id, std::int64_t at, const std::string& event = "accepted",
             const std::string& detail = "{}") {
    MailWriter writer(connect());
    TraceEntry entry{.id = MessageId{id}, .at = at, .event = event, .recipients = {"a@b"}, .detail = detail};
    commit_one(writer, QueueOutcome{.id = QueueId{id}, .traces = {std::move(entry)}});
  }
  static HistoryMessage row(std::int64_t id, std::int64_t at, int code = 2, const std::string& user = "fred",
                            std::int64_t bytes = 10) {
    return {at, MessageId{id}, code, user, "s@x", "r@y", "Hello", "mx", bytes};
  }
  /// "1@10": message and time.
  static std::vector<std::string> shown(const std::vector<UnmovedTrace>& entries) {
    std::vector<std::string> texts;
    for (const UnmovedTrace& one : entries)
      texts.push_back(std::to_string(one.trace.id.value) + "@" + std::to_string(one.trace.at));
    return texts;
  }
  std::vector<std::string> next(std::int64_t after, std::int64_t until, std::int64_t rows_max = 100) {
    return shown(must(history_.next(after, until, rows_max)));
  }
  std::vector<std::string> missed(std::int64_t after, std::int64_t until, std::int64_t rows_max = 100) {
    return shown(must(history_.missed(after, until, rows_max)));
  }
  /// What the background task does in one step; whether it was its turn.
  bool write(const std::vector<UnmovedTrace>& entries, std::int64_t until) {
    std::vector<HistoryMessage> rows;
    for (const UnmovedTrace& one : entries) rows.push_back(row(one.trace.id.value, one.trace.at));
    return must(history_.move(must(history_.state()).version, until, rows));
  }
  bool step(std::int64_t after, std::int64_t until) {
    return write(must(history_.next(after, until, 100)), until);
  }
  bool look_back(std::int64_t after, std::int64_t until) {
    return write(must(history_.missed(after, until, 100)), must(history_.state()).moved_until);
  }
  std::string moved() {
    return value("SELECT string_agg(message || '@' || at, ' ' ORDER BY at, message) FROM history_messages");
  }

  HistoryRepository history_{database_};
};

// LOC-20
TEST_F(HistoryRepositoryTest, MovesEachRowOfTheTraceOnce) {
  trace(3, 30);
  trace(1, 10);
  trace(2, 20);
  EXPECT_EQ(must(history_.beginning(99)), 9);
  EXPECT_THAT(next(0, 20), ElementsAre("1@10", "2@20"));
  EXPECT_TRUE(step(0, 20));
  EXPECT_EQ(must(history_.state()).moved_until, 20);
  EXPECT_TRUE(step(20, 40));
  EXPECT_EQ(moved(), "1@10 2@20 3@30");
  // Once more over all of it: nothing comes twice.
  EXPECT_TRUE(look_back(0, 40));
  EXPECT_EQ(moved(), "1@10 2@20 3@30");
}

// LOC-20
TEST_F(HistoryRepositoryTest, FindsWhatIsCommittedLate) {
  trace(1, 10);
  trace(3, 30);
  EXPECT_TRUE(step(0, 40));
  trace(2, 20);  // its transaction took its time
  trace(2, 20, "delivered");
  trace(4, 40);  // as old as the end of the last step
  trace(5, 41);  // not a matter of the past
  EXPECT_THAT(next(40, 100), ElementsAre("5@41"));
  EXPECT_THAT(missed(0, 40), ElementsAre("2@20", "2@20", "4@40"));
  EXPECT_THAT(missed(0, 40, 1), ElementsAre("2@20", "2@20"));
  EXPECT_THAT(missed(20, 40), ElementsAre("4@40"));
  EXPECT_TRUE(look_back(0, 40));
  EXPECT_THAT(missed(0, 40), IsEmpty());
  EXPECT_EQ(moved(), "1@10 2@20 2@20 3@30 4@40");
  EXPECT_EQ(must(history_.state()).moved_until, 40);
}

TEST_F(HistoryRepositoryTest, LetsOneServerMakeAStep) {
  trace(1, 10);
  const std::int64_t version = must(history_.state()).version;
  EXPECT_TRUE(must(history_.move(version, 40, {row(1, 10)})));
  EXPECT_FALSE(must(history_.move(version, 50, {row(1, 10)})));
  EXPECT_EQ(moved(), "1@10");
  EXPECT_EQ(must(history_.state()).moved_until, 40);
}

TEST_F(HistoryRepositoryTest, PassesOverWhatIsNotWanted) {
  const std::int64_t version = must(history_.state()).version;
  must(history_.pass_over(50));
  const HistoryState state = must(history_.state());
  EXPECT_EQ(state.moved_until, 50);
  EXPECT_EQ(state.kept_since, 50);
  EXPECT_FALSE(must(history_.move(version, 40, {row(1, 10)})));  // a step that was under way
  EXPECT_TRUE(must(history_.move(state.version, 60, {})));
  EXPECT_EQ(must(history_.state()).kept_since, 50);
}

TEST_F(HistoryRepositoryTest, WantsSomeEventsAndKeepsThoseOfAMomentTogether) {
  for (const char* event : {"deferred", "held", "changed copy", "moved"}) trace(1, 10, event);
  for (const char* event : {"accepted", "delivered", "failed", "bounced", "deleted"}) trace(2, 20, event);
  trace(3, 30);
  EXPECT_EQ(next(0, 100, 2).size(), 5u);
  EXPECT_THAT(next(20, 100, 2), ElementsAre("3@30"));
  EXPECT_EQ(must(history_.waiting(0, 100)), 6);
  EXPECT_EQ(must(history_.waiting(0, 4)), 4);
  EXPECT_EQ(must(history_.waiting(20, 100)), 1);
}

TEST_F(HistoryRepositoryTest, GivesTheEnvelopeOfAcceptedMessages) {
  MailWriter writer(connect());
  AcceptMessage accept = message_to(7, {user("fred")});
  accept.trace = TraceEntry{.id = MessageId{7}, .at = 70, .event = "accepted"};
  commit_one(writer, std::move(accept));
  trace(7, 80, "delivered");
  const auto found = must(history_.next(0, 100, 10));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].envelope, "(\"message 7\")");
  EXPECT_EQ(found[1].envelope, "");
}

// LOC-13 DIA-37
TEST_F(HistoryRepositoryTest, AddsUpADay) {
  must(history_.move(
      0, 1000,
      {row(1, 99), row(2, 100, 2, "fred", 5), row(3, 101, 2, "fred", 6), row(3, 101, 0, "kate", 6),
       row(4, 150, 11, "", 7), row(5, 150, 5, "", 8), row(6, 160, 12, "fred", 9), row(7, 200)}));
  must(history_.add_sessions({{110, "imap", "kate", "192.0.2.1", 60, 0, 0, "finished"},
                              {120, "imap", "kate", "192.0.2.1", 30, 0, 0, "finished"},
                              {130, "mx", "", "192.0.2.9", 70, 1, 100, "finished"},
                              {140, "connection main", "", "", 80, 0, 0, "ok"},
                              {141, "collector isp", "", "", 75, 1, 0, "ok"},
                              {200, "imap", "kate", "", 5, 0, 0, "finished"}}));
  std::vector<std::string> totals;
  for (const HistoryTotal& one : must(history_.totals(100, 200)))
    totals.push_back(std::to_string(one.code) + " " + one.user + " " + std::to_string(one.count) + " " +
                     std::to_string(one.value));
  EXPECT_THAT(totals, ::testing::UnorderedElementsAre("2 fred 2 11", "0 kate 1 6", "11  1 7", "5  1 8",
                                                      "12 fred 1 9", "9 kate 2 90", "9  1 80"));
  std::vector<std::string> records;
  for (const HistoryRecord& one : must(history_.records(100, 200)))
    records.push_back(std::to_string(one.at) + " " + std::to_string(one.code) + " " +
                      std::to_string(one.value) + " " + one.user);
  EXPECT_THAT(records, ElementsAre("100 2 5 fred", "101 0 6 kate", "101 2 6 fred", "110 9 60 kate",
                                   "120 9 30 kate", "140 9 80 ", "150 5 8 s@x", "150 11 7 r@y"));
}

// LOC-14
TEST_F(HistoryRepositoryTest, KnowsWhoWasThere) {
  constexpr std::int64_t k_second = 1'000'000;
  const std::int64_t begin = 1000 * k_second, end = 2000 * k_second;
  const auto at = [&](std::int64_t seconds, const char* user, std::int64_t lasted) {
    return HistorySession{seconds * k_second, "imap", user, "", lasted, 0, 0, ""};
  };
  must(history_.add_sessions({at(1500, "inside", 10), at(1001, "from-before", 500), at(2500, "to-after", 600),
                              at(999, "before", 10), at(2500, "after", 400), at(1500, "", 10)}));
  EXPECT_THAT(must(history_.users_seen(begin, end)),
              ::testing::UnorderedElementsAre("inside", "from-before", "to-after"));
}

// LOC-20
TEST_F(HistoryRepositoryTest, RemovesWhatIsOlder) {
  must(history_.move(0, 1000, {row(1, 10), row(2, 20), row(3, 30)}));
  must(history_.add_sessions({{10, "imap", "kate", "", 1, 0, 0, ""}, {30, "imap", "kate", "", 1, 0, 0, ""}}));
  EXPECT_EQ(must(history_.prune(30, 1)), 2);  // one of each table
  EXPECT_EQ(must(history_.prune(30, 10)), 1);
  EXPECT_EQ(must(history_.prune(30, 10)), 0);
  EXPECT_EQ(moved(), "3@30");
  EXPECT_EQ(value("SELECT count(*) FROM history_sessions"), "1");
}

TEST_F(HistoryRepositoryTest, RemembersTheLastReport) {
  must(history_.set_summarised("2026-11-20"));
  must(history_.set_summarised("2026-11-18"));  // never back
  EXPECT_EQ(must(history_.state()).summarised, "2026-11-20");
  trace(1, 100, "accepted", R"({"service":"daily summary 2026-11-20","source":"system"})");
  EXPECT_TRUE(must(history_.has_made("daily summary 2026-11-20", 50)));
  EXPECT_FALSE(must(history_.has_made("daily summary 2026-11-20", 101)));
  EXPECT_FALSE(must(history_.has_made("daily summary 2026-11-2", 50)));
}

}  // namespace
}  // namespace stagecoach::storage
