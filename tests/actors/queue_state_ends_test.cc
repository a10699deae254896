#include <gtest/gtest.h>

#include "tests/actors/queue_fixture.h"

namespace stagecoach {
namespace {

using namespace queue_test;

/// Nobody tries it; the server runs since it was queued.
QueueState untried(const std::vector<std::string>& recipients) {
  QueueState state;
  state.configure({relay()});  // warns after 4 hours, gives up after 72
  state.began(k_start);
  state.add(message(1, recipients));
  return state;
}

TEST(QueueEnds, TheSenderHearsOfAMessageThatNobodyTries) {
  // SND-39
  auto state = untried({"a@x.example", "b@x.example"});
  EXPECT_THAT(state.take_woken(k_start), IsEmpty());
  EXPECT_EQ(state.next_wake(), k_start + 4 * k_hour);
  EXPECT_THAT(state.take_woken(k_start + 4 * k_hour - 1), IsEmpty());
  EXPECT_FALSE(state.give_up(QueueId{1}, k_start + 4 * k_hour - 1));
  EXPECT_THAT(state.take_woken(k_start + 4 * k_hour), ElementsAre(1));
  const auto verdict = state.give_up(QueueId{1}, k_start + 4 * k_hour);
  ASSERT_TRUE(verdict);
  ASSERT_EQ(verdict->reports.size(), 2u);
  EXPECT_EQ(verdict->reports[0].kind, ReportKind::delayed);
  EXPECT_EQ(verdict->reports[0].retry_until, k_start + 72 * k_hour);
  EXPECT_EQ(verdict->reports[0].result.reply, "No connection has taken the message yet");
  EXPECT_TRUE(verdict->again);
  state.set_aside(verdict->update);
  state.apply(verdict->update);
  EXPECT_EQ(state.find(QueueId{1})->recipients.at(0).attempts, 0) << "it was no attempt";
  EXPECT_EQ(state.next_wake(), k_start + 4 * k_hour + 10'000'000)
      << "only to see that nothing is left to say";
  EXPECT_THAT(state.take_woken(k_start + 5 * k_hour), IsEmpty());
  EXPECT_EQ(state.next_wake(), k_start + 72 * k_hour) << "it is told once";
}

TEST(QueueEnds, AMessageThatNobodyTriesFails) {
  // SND-38
  auto state = untried({"a@x.example"});
  const auto verdict = state.give_up(QueueId{1}, k_start + 72 * k_hour);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->reports.at(0).kind, ReportKind::failed);
  EXPECT_EQ(verdict->reports[0].result.status, "4.4.7");
  EXPECT_EQ(verdict->reports[0].result.reply, "No connection has taken the message within 3 days");
  state.apply(verdict->update);
  EXPECT_EQ(state.size(), 0u);
}

TEST(QueueEnds, TheLastReplyIsTheReason) {
  auto state = untried({"a@x.example"});
  state.apply(state.judge(QueueId{1}, {attempt("a@x.example", Kind::temporary)}, relay(), k_start).update);
  EXPECT_EQ(state.give_up(QueueId{1}, k_start + 72 * k_hour)->reports.at(0).result.reply, "450 4.2.1 later");
}

TEST(QueueEnds, WhatHadItsTimeWhileTheServerWasAwayIsTriedFirst) {
  auto state = untried({"a@x.example"});
  const std::int64_t back = k_start + 100 * k_hour;
  state.began(back);
  EXPECT_FALSE(state.give_up(QueueId{1}, back));
  EXPECT_EQ(state.give_up(QueueId{1}, back + 10 * k_minute)->reports.at(0).kind, ReportKind::delayed);
  EXPECT_EQ(state.give_up(QueueId{1}, back + 24 * k_hour)->reports.at(0).kind, ReportKind::failed);
}

TEST(QueueEnds, WhatIsHeldOrUnderWayOrRoutedIsLeftAlone) {
  const std::int64_t late = k_start + 100 * k_hour;
  auto held = untried({"a@x.example"});
  ASSERT_TRUE(run(held, {.action = "hold", .ids = {1}}));
  EXPECT_FALSE(held.give_up(QueueId{1}, late));
  ASSERT_TRUE(run(held, {.action = "release", .ids = {1}}));
  EXPECT_TRUE(held.give_up(QueueId{1}, late));

  auto under_way = untried({"a@x.example"});
  under_way.make_all_ready(relay(), k_start);
  EXPECT_EQ(under_way.give_up(QueueId{1}, late)->reports.at(0).kind, ReportKind::delayed)
      << "its attempt is about to decide";
  under_way.take("main|relay");
  EXPECT_FALSE(under_way.give_up(QueueId{1}, late));

  QueueState routed;
  routed.configure({relay()});
  MessageQueued queued = message(1, {"a@x.example"});
  queued.ways = {{"", "mail.lan"}};
  routed.add(queued);
  EXPECT_FALSE(routed.give_up(QueueId{1}, late)) << "LAN forwarding has its own times";

  QueueState timed;
  timed.configure({relay()});
  timed.began(k_start);
  queued = message(1, {"a@x.example"});
  queued.held_until = k_start + 80 * k_hour;
  timed.add(queued);
  EXPECT_FALSE(timed.give_up(QueueId{1}, queued.held_until - 1));
  EXPECT_TRUE(timed.give_up(QueueId{1}, queued.held_until));
}

TEST(QueueEnds, TheTimesAreThoseOfTheSenderThatMayTakeIt) {
  conf::SenderSettings quick = relay(), slow = relay();
  quick.connection = "quick";
  quick.advanced.warn_hours = 1;
  quick.advanced.max_retry_hours = 2;
  slow.connection = "slow";
  slow.advanced.warn_hours = 0;
  slow.advanced.max_retry_hours = 100;
  QueueState state;
  state.configure({quick, slow});
  state.began(k_start);
  MessageQueued named = message(1, {"a@x.example"});
  named.ways = {{"quick", ""}};
  state.add(named);
  state.add(message(2, {"a@x.example"}));
  EXPECT_EQ(state.give_up(QueueId{1}, k_start + k_hour)->reports.at(0).kind, ReportKind::delayed);
  EXPECT_EQ(state.give_up(QueueId{1}, k_start + 2 * k_hour)->reports.at(0).kind, ReportKind::failed);
  EXPECT_FALSE(state.give_up(QueueId{2}, k_start + 99 * k_hour)) << "no warning, the longest time";
  EXPECT_TRUE(state.give_up(QueueId{2}, k_start + 100 * k_hour));
}

TEST(QueueEnds, WhatIsTooManyForOneTransactionGoesInTheNext) {
  auto state = untried({"a@x.example", "b@x.example", "c@x.example"});
  state.make_all_ready(relay(), k_start);
  state.take("main|relay");
  const auto verdict = state.judge(QueueId{1},
                                   {attempt("a@x.example", Kind::delivered, "250 2.1.5 ok"),
                                    attempt("b@x.example", Kind::temporary, "452 4.5.3 too many recipients"),
                                    attempt("c@x.example", Kind::temporary, "450 4.2.1 busy")},
                                   relay(), k_start);
  EXPECT_TRUE(verdict.again);
  EXPECT_EQ(verdict.deferred, 1);
  state.apply(verdict.update);
  state.make_all_ready(relay(), k_start);
  EXPECT_THAT(recipients(state.take("main|relay")), ElementsAre("b@x.example")) << "at once, and no attempt";
  EXPECT_EQ(state.find(QueueId{1})->recipients.at(0).attempts, 0);

  auto nobody = untried({"a@x.example"});
  EXPECT_FALSE(nobody
                   .judge(QueueId{1}, {attempt("a@x.example", Kind::temporary, "452 4.3.1 no space")},
                          relay(), k_start)
                   .again)
      << "nobody was accepted: not the number is the reason";
}

TEST(QueueCounts, OnlyWhatAConnectionMaySend) {
  // CON-22
  MessageQueued routed = message(2, {"a@x.example"}), timed = message(3, {"a@x.example"});
  routed.ways = {{"", "mail.lan"}};
  timed.held_until = k_start + k_hour;
  auto state = state_with({message(1, {"a@x.example"}), routed, timed, message(4, {"a@x.example"})});
  ASSERT_TRUE(run(state, {.action = "hold", .ids = {4}}));
  EXPECT_EQ(state.size(), 4u);
  EXPECT_EQ(state.to_connections(k_start), 1);
  EXPECT_EQ(state.to_connections(k_start + k_hour), 2);
}

TEST(QueueState, ForgetsWhatIsReadyForAnotherConfiguration) {
  auto state = state_with({message(1, {"a@x.example"}), message(2, {"b@x.example"})});
  state.make_all_ready(relay(), k_start);
  const DeliveryTask task = state.take("main|relay");
  state.forget_ready();
  EXPECT_EQ(state.ready("main|relay"), 0u);
  EXPECT_TRUE(state.is_busy("main")) << "a session has the first one";
  conf::SenderSettings other = relay();
  other.connection = "other";
  EXPECT_THAT(state.make_all_ready(other, k_start), ElementsAre("other|relay"));
  EXPECT_EQ(state.take("other|relay").id, QueueId{2});
  state.release_active(task.id, "main|relay");
  EXPECT_FALSE(state.is_busy("main"));
}

}  // namespace
}  // namespace stagecoach
