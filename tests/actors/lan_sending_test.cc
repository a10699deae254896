#include "actors/lan_sending.h"

#include "actors/queue_route.h"
#include "tests/actors/queue_fixture.h"

namespace stagecoach {
namespace {

using namespace queue_test;

conf::LanForwardingSettings settings(int threads_max, const std::string& rules) {
  conf::LanForwardingSettings result;
  result.threads_max = threads_max;
  result.thread_rules = rules;
  return result;
}

/// Starts sessions in this order while they may begin; each reaches its server at once. "ab-b": what began.
std::string started(LanSending& sending, const std::vector<std::string>& routes) {
  Destinations places;
  std::string text;
  for (const std::string& route : routes) {
    const std::string destination = route_destination(route);
    const bool may = sending.may_start(destination, places);
    text += may ? '+' : '-';
    if (!may) continue;
    places.started(destination);
    places.reached(destination);
  }
  return text;
}

// LAN-14 LAN-15
TEST(LanSending, HasAsManySessionsAsItMay) {
  const struct {
    const char* name;
    int threads_max;
    const char* rules;
    std::vector<std::string> routes;
    const char* started;
  } k_cases[] = {
      {"a total", 3, "", {"a", "b", "a", "a", "c"}, "+++--"},
      {"of one server", 9, "a-2", {"a", "a", "a", "b", "b", "b"}, "++-+++"},
      {"the total counts before", 2, "a-5", {"a", "a", "a"}, "++-"},
      {"a name without a port is all ports", 9, "a-2", {"a:25", "a:26", "a:27"}, "++-"},
      {"a name with a port is this one", 9, "a:26-1", {"a", "a:26", "a:26", "a"}, "++-+"},
      {"whatever the log-in is", 9, "a-1", {"fred:x@a", "kate:y@a"}, "+-"},
      {"names may hold hyphens", 9, "mail-1-1", {"mail-1", "mail-1", "mail"}, "+-+"},
      {"LMTP", 9, "a-1", {"lmtp:a", "lmtp:a"}, "+-"},
  };
  for (const auto& [name, threads_max, rules, routes, expected] : k_cases) {
    LanSending sending;
    sending.configure(settings(threads_max, rules));
    EXPECT_EQ(started(sending, routes), expected) << name;
  }
}

TEST(LanSending, AServerThatHasNotAnsweredIsTriedByOneSession) {
  LanSending sending;
  sending.configure(settings(9, ""));
  Destinations places;
  const std::string dead = route_destination("dead.lan");
  EXPECT_TRUE(sending.may_start(dead, places));
  places.started(dead);
  EXPECT_FALSE(sending.may_start(dead, places));
  places.started("main|example.net");
  EXPECT_TRUE(sending.may_start(route_destination("a.lan"), places)) << "others are free";
  places.reached(dead);
  EXPECT_TRUE(sending.may_start(dead, places));
}

// LAN-12 LAN-13
TEST(LanSending, TriesAgainUntilTheTimeIsOver) {
  conf::LanForwardingSettings lan;
  lan.retry = std::chrono::minutes(7);
  lan.fail_hours = 3;
  LanSending sending;
  sending.configure(lan);
  const conf::SenderSettings sender = sending.open(route_destination("a.lan"), "a.lan");
  QueueState state = state_with({message(1, {"bob@lan.example"})});
  const auto judged = [&](std::int64_t after) {
    return state.judge(QueueId{1}, {attempt("bob@lan.example", Kind::temporary)}, sender, k_start + after);
  };
  const auto early = judged(k_hour);
  ASSERT_EQ(early.update.changes.size(), 1u);
  EXPECT_EQ(early.update.changes[0].next_attempt, k_start + k_hour + 7 * k_minute);
  EXPECT_EQ(early.failed, 0);
  auto late = judged(3 * k_hour);
  EXPECT_EQ(late.failed, 1);
  ASSERT_EQ(late.reports.size(), 1u);
  EXPECT_EQ(late.reports[0].kind, ReportKind::failed);
  EXPECT_FALSE(sending.silence(late));
  EXPECT_EQ(late.reports.size(), 1u);
  lan.failure_reports = false;
  sending.configure(lan);
  EXPECT_TRUE(sending.silence(late));
  EXPECT_THAT(late.reports, IsEmpty());
}

TEST(LanSending, ANewConfigurationCountsForOpenRoutes) {
  LanSending sending;
  sending.configure({});
  const std::string destination = route_destination("carl:x@a.lan");
  EXPECT_EQ(sending.open(destination, "carl:x@a.lan").relay.username, "carl");
  conf::LanForwardingSettings lan;
  lan.retry = std::chrono::minutes(2);
  sending.configure(lan);
  ASSERT_NE(sending.sender(destination), nullptr);
  EXPECT_EQ(sending.sender(destination)->advanced.retry, std::vector<std::int64_t>{2});
  EXPECT_EQ(sending.alone_minutes_max(), 2);
  sending.forget(destination);
  EXPECT_EQ(sending.sender(destination), nullptr);
}

TEST(LanSending, TellsEachMomentOnce) {
  LanSending sending;
  sending.leave_alone(100);
  sending.leave_alone(200);
  EXPECT_EQ(sending.next_wake(), 100);
  EXPECT_FALSE(sending.is_over(99));
  EXPECT_TRUE(sending.is_over(100));
  EXPECT_FALSE(sending.is_over(100));
  EXPECT_EQ(sending.next_wake(), 200);
}

// LAN-22 LAN-23 LAN-25
TEST(LanQueue, ShowsAndDeletesWhatIsItsOwn) {
  MessageQueued queued = message(1, {"a@lan.example", "b@remote.example", "c@lan.example"});
  queued.ways.resize(3);
  queued.ways[0].route = queued.ways[2].route = "carl:geheim@a.lan";
  QueueState state = state_with({queued, message(2, {"d@remote.example"})});
  const auto listed = [&] {
    ListQueue wanted;
    wanted.criteria.lan_only = true;
    std::string text;
    const auto entries = state.list(wanted, k_start);
    for (const QueueEntry& entry : *entries)
      text += (text.empty() ? "" : " ") + entry.to + " " + entry.route + " " + entry.state;
    return text;
  };
  EXPECT_EQ(listed(), "a@lan.example a.lan:25 waiting c@lan.example a.lan:25 waiting");
  QueueCommand all;
  all.action = "delete";
  all.ids = {1, 2};
  all.criteria.lan_only = true;
  auto updates = state.command(all, k_start);
  ASSERT_TRUE(updates);
  ASSERT_EQ(updates->size(), 1u);
  EXPECT_EQ((*updates)[0].changes.size(), 2u);
  state.make_routed_ready(QueueId{1}, k_start);
  EXPECT_EQ(state.take(route_destination(queued.ways[0].route), 1).envelope.recipients.size(), 1u);
  EXPECT_EQ(listed(), "a@lan.example a.lan:25 active c@lan.example a.lan:25 waiting");
  updates = state.command(all, k_start);
  ASSERT_EQ((*updates)[0].changes.size(), 1u) << "not what is being sent";
  state.apply((*updates)[0]);
  EXPECT_EQ(listed(), "a@lan.example a.lan:25 active");
  EXPECT_EQ(state.find(QueueId{1})->recipients.size(), 2u) << "what waits for elsewhere stays";
}

}  // namespace
}  // namespace stagecoach
