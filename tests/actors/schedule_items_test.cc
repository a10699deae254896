#include "actors/schedule_items.h"

#include <gmock/gmock.h>

namespace stagecoach {
namespace {

using conf::ScheduleSettings;
using conf::TimeOfDay;
using conf::Weekday;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int at(int hour, int minute) { return 60 * hour + minute; }

std::string text(int minute) {
  return std::to_string(minute / 60) + (minute % 60 < 10 ? ":0" : ":") + std::to_string(minute % 60);
}

ScheduleSettings every(int interval, int from = 0, int to = at(23, 59)) {
  ScheduleSettings item;
  item.every = minutes(interval);
  item.from = TimeOfDay{from};
  item.to = TimeOfDay{to};
  return item;
}
ScheduleSettings once(int minute) {
  ScheduleSettings item;
  item.once = true;
  item.at = TimeOfDay{minute};
  return item;
}
ScheduleSettings for_connections(ScheduleSettings item, std::vector<std::string> connections) {
  item.connections = std::move(connections);
  return item;
}

class Schedule : public ::testing::Test {
 protected:
  Schedule() { config_.connections = {{.name = "main"}}; }

  std::vector<std::string> due(int minute_of_day, std::int64_t waiting = 0,
                               Weekday weekday = Weekday::monday) {
    std::vector<std::string> names;
    for (const DueConnection& one :
         due_connections(config_, {weekday, minute_of_day, k_day + minute_of_day}, last_runs_, waiting))
      names.push_back(one.name);
    return names;
  }
  /// "9:05 9:10": when something runs between two times, each run remembered.
  std::string runs(int from, int to, Weekday weekday = Weekday::monday) {
    std::string shown;
    for (int minute = from; minute <= to; ++minute) {
      const auto connections = due(minute, 0, weekday);
      if (connections.empty()) continue;
      for (const std::string& name : connections) last_runs_[name] = k_day + minute;
      shown += (shown.empty() ? "" : " ") + text(minute);
    }
    return shown;
  }

  static constexpr std::int64_t k_day = 1440 * 20'000;
  conf::Config config_;
  std::map<std::string, std::int64_t> last_runs_;
};

TEST_F(Schedule, RunsEveryNMinutesBetweenTwoTimes) {
  // CON-22
  config_.schedules = {every(20, at(9, 10), at(10, 10))};
  EXPECT_EQ(runs(0, at(23, 59)), "9:10 9:30 9:50 10:10");
}

TEST_F(Schedule, RunsEveryTenMinutesWhenNothingIsSaid) {
  config_.schedules = {every(0)};
  EXPECT_EQ(runs(0, 35), "0:00 0:10 0:20 0:30");
}

TEST_F(Schedule, RunsOnceADayAtItsTime) {
  // CON-23
  config_.schedules = {once(at(8, 0))};
  EXPECT_EQ(runs(0, at(23, 59)), "8:00");
}

TEST_F(Schedule, RunsOnItsDaysOnly) {
  // CON-26
  config_.schedules = {once(at(8, 0))};
  config_.schedules[0].days = {Weekday::sunday, Weekday::wednesday};
  for (const auto& [weekday, expected] : {std::pair{Weekday::sunday, true},
                                          {Weekday::monday, false},
                                          {Weekday::wednesday, true},
                                          {Weekday::saturday, false}})
    EXPECT_EQ(!due(at(8, 0), 0, weekday).empty(), expected) << static_cast<int>(weekday);
}

TEST_F(Schedule, ADisabledItemDoesNothing) {
  config_.schedules = {every(1)};
  config_.schedules[0].enabled = false;
  EXPECT_EQ(runs(0, 60), "");
}

TEST_F(Schedule, WaitsForEnoughMessages) {
  // CON-25
  config_.schedules = {every(5)};
  config_.schedules[0].min_queue = 3;
  EXPECT_THAT(due(0, 2), IsEmpty());
  EXPECT_THAT(due(0, 3), ElementsAre("main"));
}

TEST_F(Schedule, ADenyItemSuppressesWhatWouldStartInItsMinute) {
  // CON-21
  config_.schedules = {every(5), for_connections(every(60), {"deny"})};
  EXPECT_EQ(runs(at(9, 50), at(10, 10)), "9:50 9:55 10:05 10:10");
  config_.schedules[1].enabled = false;
  EXPECT_EQ(due(at(11, 0)).size(), 1u);
}

TEST_F(Schedule, SkipsWhatComesTooSoonAfterTheLastRun) {
  // CON-28, and CON-17: several items work together
  config_.schedules = {every(5, at(9, 5), at(9, 18)), every(6, at(9, 6), at(9, 18))};
  EXPECT_EQ(runs(at(9, 0), at(9, 19)), "9:05 9:06 9:10 9:12 9:15 9:18");
  last_runs_.clear();
  config_.schedule_options.min_gap = minutes(2);
  EXPECT_EQ(runs(at(9, 0), at(9, 19)), "9:05 9:10 9:15 9:18");
}

TEST_F(Schedule, RunsNamedConnectionsOrAllDefaultOnes) {
  // CON-19, CON-20
  config_.connections = {{.name = "a"}, {.name = "b", .is_default = false}, {.name = "c"}};
  config_.schedules = {every(5)};
  EXPECT_THAT(due(0), ElementsAre("a", "c"));
  config_.schedules = {for_connections(every(5), {"b", "c"})};
  EXPECT_THAT(due(0), ElementsAre("b", "c"));
  config_.schedules = {for_connections(every(5), {"b", "default"}), for_connections(every(10), {"a"})};
  EXPECT_THAT(due(0), ElementsAre("a", "b", "c")) << "each once";

  // CON-7: the flag changes what runs, without another schedule.
  config_.schedules = {every(5)};
  EXPECT_THAT(due(0), ElementsAre("a", "c"));
  config_.connections[1].is_default = true;
  config_.connections[2].is_default = false;
  EXPECT_THAT(due(0), ElementsAre("a", "b"));
}

TEST_F(Schedule, ConnectionsHaveIntervalsOfTheirOwn) {
  // CON-37
  config_.connections = {{.name = "a"}, {.name = "b"}};
  config_.schedules = {for_connections(every(15), {"a"}), for_connections(every(60), {"b"})};
  config_.schedule_options.min_gap = minutes(14);
  EXPECT_EQ(runs(0, 60), "0:00 0:15 0:30 0:45 1:00");
  EXPECT_EQ(last_runs_["b"], k_day + 60);
}

TEST_F(Schedule, SpreadsByTheFirstItemThatRunsTheConnection) {
  ScheduleSettings spread = every(5);
  spread.spread = std::chrono::seconds(90);
  config_.schedules = {every(7), spread};
  const auto due_at = [&](int minute) {
    return due_connections(config_, {Weekday::monday, minute, k_day + minute}, last_runs_, 0);
  };
  ASSERT_EQ(due_at(5).size(), 1u);
  EXPECT_EQ(due_at(5).front().spread, std::chrono::seconds(90));
  EXPECT_EQ(due_at(7).front().spread, std::chrono::seconds(0));
  EXPECT_EQ(due_at(35).front().spread, std::chrono::seconds(0));
}

TEST(MinuteCounts, LeavesOutTheMinuteAfterAJumpUnlessItIsWanted) {  // CON-33
  const struct {
    std::int64_t last, now;
    bool usually, with_option;
  } k_cases[] = {
      {100, 100, false, false},  // the same minute
      {100, 101, true, true},    // time goes by
      {100, 161, false, true},   // an hour ahead
      {161, 101, false, true},   // an hour back
      {101, 102, true, true},    // the minute after a jump
  };
  for (const auto& one : k_cases) {
    EXPECT_EQ(minute_counts(one.last, one.now, false), one.usually) << one.last << " " << one.now;
    EXPECT_EQ(minute_counts(one.last, one.now, true), one.with_option) << one.last << " " << one.now;
  }
}

TEST_F(Schedule, DoesWhatIsDoneOnceADayNotAgainInAnHourThatSummerTimeGivesBack) {  // CON-23
  const auto due_names = [&](bool repeated) {
    ScheduleMinute now{Weekday::sunday, at(2, 30), k_day, k_day, repeated};
    return due_connections(config_, now, {}, 0).size();
  };
  config_.schedules = {once(at(2, 30))};
  EXPECT_EQ(due_names(false), 1u);
  EXPECT_EQ(due_names(true), 0u);
  config_.schedules = {every(30)};
  EXPECT_EQ(due_names(true), 1u) << "intervals go on";
}

TEST_F(Schedule, RunsTheDefaultConnectionsForPeople) {  // CON-32
  config_.connections = {{.name = "main"}, {.name = "night", .is_default = false}};
  config_.schedule_options.people_threshold = 3;
  config_.schedule_options.people_within = minutes(20);
  const auto wanted = [&](std::int64_t now, std::int64_t people) {
    return connections_for_people(config_, now, last_runs_, 1000, people);
  };
  EXPECT_THAT(wanted(1030, 2), IsEmpty());
  EXPECT_THAT(wanted(1030, 3), ElementsAre("main"));
  EXPECT_THAT(wanted(1019, 3), IsEmpty()) << "the server has just started";
  last_runs_["main"] = 1025;
  EXPECT_THAT(wanted(1030, 5), IsEmpty()) << "a run was five minutes ago";
  EXPECT_THAT(wanted(1045, 5), ElementsAre("main"));
  config_.schedule_options.people_threshold = 0;
  EXPECT_THAT(wanted(1045, 5), IsEmpty());
}

TEST(MinutesUntilDue, LooksAheadAWeek) {  // CON-27
  ScheduleSettings item = once(at(8, 0));
  item.days = {Weekday::monday};
  EXPECT_EQ(minutes_until_due(item, {Weekday::monday, at(7, 30), 28'800'000}), 30);
  EXPECT_EQ(minutes_until_due(item, {Weekday::monday, at(8, 1), 28'800'000}), 7 * 24 * 60 - 1);
  EXPECT_EQ(minutes_until_due(item, {Weekday::sunday, at(8, 0), 28'800'000}), 24 * 60);
  item.days = {};
  EXPECT_EQ(minutes_until_due(item, {Weekday::monday, at(7, 30), 28'800'000}), -1);
  item = every(10);
  item.enabled = false;
  EXPECT_EQ(minutes_until_due(item, {Weekday::monday, at(7, 30), 28'800'000}), -1);
}

}  // namespace
}  // namespace stagecoach
