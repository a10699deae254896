#include "actors/history_steps.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach {
namespace {

using storage::must;

constexpr std::int64_t k_second = 1'000'000, k_hour = 3600 * k_second;
constexpr std::int64_t k_noon = 1'800'000'000 * k_second;

class HistoryStepsTest : public storage::StorageTest {
 protected:
  /// `count` messages of fred, `gap` microseconds apart.
  void trace(std::int64_t first_id, std::int64_t at, int count = 1, std::int64_t gap = 1) {
    must(database_.execute(
        "INSERT INTO trace (id, at, event, recipients, size_bytes, detail) SELECT " +
        std::to_string(first_id) + " + i, " + std::to_string(at) + " + i * " + std::to_string(gap) +
        R"(, 'accepted', '{fred@example.com}', 10, '{"source":"smtp","plan":["deliver to fred, folder INBOX"]}')" +
        " FROM generate_series(0, " + std::to_string(count - 1) + ") i"));
  }
  std::string rows() { return value("SELECT count(*) FROM history_messages WHERE user_name = 'fred'"); }
  std::string moved_until() { return value("SELECT moved_until FROM history_state"); }
  HistoryStep move(std::int64_t now, std::int64_t slice = k_hour) {
    return must(move_on(database_, now, slice));
  }
};

// LOC-20
TEST_F(HistoryStepsTest, MovesTheTraceInBoundedSteps) {
  const int more_than_a_step = static_cast<int>(k_step_rows) + 500;
  trace(1, k_noon, more_than_a_step, 1000);
  const HistoryStep first = move(k_noon + k_hour);
  EXPECT_EQ(first.found, static_cast<std::size_t>(k_step_rows));
  EXPECT_TRUE(first.behind);
  EXPECT_EQ(first.lines.size(), 2 * first.found);  // received, delivered
  EXPECT_EQ(rows(), std::to_string(k_step_rows));
  const HistoryStep second = move(k_noon + k_hour);
  EXPECT_EQ(second.from, first.until);
  EXPECT_EQ(second.found, 500u);
  EXPECT_EQ(rows(), std::to_string(more_than_a_step));
  EXPECT_EQ(move(k_noon + k_hour).found, 0u);
  EXPECT_EQ(rows(), std::to_string(more_than_a_step));
}

TEST_F(HistoryStepsTest, GoesThroughALongTimeInSlices) {
  trace(1, k_noon);
  trace(2, k_noon + 5 * k_hour);
  const HistoryStep first = move(k_noon + 6 * k_hour);
  EXPECT_EQ(first.until, k_noon - 1 + k_hour);
  EXPECT_TRUE(first.behind);
  EXPECT_EQ(rows(), "1");
  const HistoryStep rest = move(k_noon + 6 * k_hour, 10 * k_hour);
  EXPECT_FALSE(rest.behind);
  EXPECT_EQ(rows(), "2");
}

TEST_F(HistoryStepsTest, StaysBehindThePresent) {
  trace(1, k_noon);
  trace(2, k_noon + 3 * k_second);
  EXPECT_EQ(move(k_noon + 4 * k_second).found, 1u);
  EXPECT_EQ(move(k_noon + 6 * k_second).found, 1u);
  EXPECT_EQ(rows(), "2");
}

TEST_F(HistoryStepsTest, WritesNothingWhereNothingHappens) {
  trace(1, k_noon);
  move(k_noon + 4 * k_second);
  const std::string before = moved_until();
  EXPECT_EQ(move(k_noon + 30 * k_second).until, k_noon + 28 * k_second);
  EXPECT_EQ(moved_until(), before);
  trace(2, k_noon + 10 * k_second);  // late, but nobody has passed it yet
  EXPECT_EQ(move(k_noon + 31 * k_second).found, 1u);
  move(k_noon + 120 * k_second);
  EXPECT_EQ(moved_until(), std::to_string(k_noon + 118 * k_second));
}

// LOC-20
TEST_F(HistoryStepsTest, FindsWhatCameLateOnce) {
  trace(1, k_noon);
  move(k_noon + k_hour);
  trace(2, k_noon + 60 * k_second);
  EXPECT_EQ(must(look_back(database_, k_noon - k_hour, k_noon + k_hour)).until, k_noon);  // an hour at a time
  EXPECT_EQ(rows(), "1");
  const HistoryStep found = must(look_back(database_, k_noon, k_noon + k_hour));
  EXPECT_EQ(found.found, 1u);
  EXPECT_EQ(found.lines.size(), 2u);
  EXPECT_EQ(must(look_back(database_, k_noon, k_noon + k_hour)).found, 0u);
  EXPECT_EQ(rows(), "2");
}

TEST_F(HistoryStepsTest, LeavesAloneWhatWasPassedOver) {
  trace(1, k_noon);
  must(storage::HistoryRepository(database_).pass_over(k_noon + 60 * k_second));
  trace(2, k_noon + 61 * k_second);
  move(k_noon + k_hour);
  EXPECT_EQ(must(look_back(database_, k_noon - k_second, k_noon + k_hour)).found, 0u);
  EXPECT_EQ(value("SELECT string_agg(message::text, ' ') FROM history_messages"), "2");
}

// LOC-15
TEST_F(HistoryStepsTest, EndsADay) {
  const routing::LocalDay day = local_day_of(k_noon);
  trace(1, begin_of_day(day) + k_hour, 3);
  move(begin_of_day(day) + 3 * k_hour, 10 * k_hour);
  SummaryFacts facts;
  facts.day = day;
  facts.show_idle = true;
  facts.maybe_idle = {"eve", "kate"};
  must(storage::HistoryRepository(database_).add_sessions(
      {{begin_of_day(day) + k_hour, "imap", "kate", "", 5, 0, 0, ""}}));
  storage::TemporaryFolder folder;
  const DayOver over = must(end_day(database_, facts, "daily summary X", folder.path()));
  EXPECT_FALSE(over.made);
  EXPECT_EQ(over.usage.totals.size(), 2u);  // received by fred, online time of kate
  EXPECT_THAT(over.usage.idle, ::testing::ElementsAre("eve"));
  const std::string raw = folder.path() + "/summaries/summary-" + routing::day_text(day) + ".tsv";
  EXPECT_TRUE(std::filesystem::exists(raw));
  EXPECT_FALSE(std::filesystem::exists(raw + ".new"));
  must(database_.execute("INSERT INTO trace (id, at, event, detail) VALUES (9, " +
                         std::to_string(begin_of_day(day) + 30 * k_hour) +
                         R"(, 'accepted', '{"service":"daily summary X"}'))"));
  EXPECT_TRUE(must(end_day(database_, facts, "daily summary X", "")).made);
}

TEST(HistorySessions, HaveTheNamesOfTheDirectory) {
  const auto sessions =
      history_sessions({{.at = 5, .service = "imap", .user = "FRED", .reason = "x\xff"}}, nullptr);
  ASSERT_EQ(sessions.size(), 1u);
  EXPECT_EQ(sessions[0].user, "FRED");
  EXPECT_EQ(sessions[0].reason, "x?");
}

}  // namespace
}  // namespace stagecoach
