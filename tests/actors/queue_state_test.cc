#include "tests/actors/queue_fixture.h"

namespace stagecoach {
namespace {

using namespace queue_test;

TEST(QueueState, ARelayIsOneDestinationADomainEachADirectOne) {
  auto state = state_with({message(1, {"a@one.example", "b@ONE.example", "c@two.example"})});
  EXPECT_THAT(state.make_ready(QueueId{1}, relay(), k_start), ElementsAre("main|relay"));
  EXPECT_THAT(recipients(state.take("main|relay")),
              ElementsAre("a@one.example", "b@ONE.example", "c@two.example"));

  // SND-17
  state = state_with({message(1, {"a@one.example", "b@ONE.example", "c@two.example"})});
  EXPECT_THAT(state.make_ready(QueueId{1}, direct(), k_start),
              ElementsAre("main|one.example", "main|two.example"));
  EXPECT_THAT(recipients(state.take("main|one.example")), ElementsAre("a@one.example", "b@ONE.example"));
  EXPECT_THAT(recipients(state.take("main|two.example")), ElementsAre("c@two.example"));
  EXPECT_FALSE(state.take("main|one.example").id) << "taken once";
  EXPECT_EQ(domain_of("main|one.example"), "one.example");
  EXPECT_EQ(connection_of("main|one.example"), "main");
}

TEST(QueueState, ATaskHasEnvelopeSizeAndOffset) {
  MessageQueued queued = message(1, {"a@one.example"});
  queued.envelope.envelope_id = "id";
  auto state = state_with({queued});
  state.make_all_ready(relay(), k_start);
  const DeliveryTask task = state.take("main|relay");
  EXPECT_EQ(task.id, QueueId{1});
  EXPECT_EQ(task.envelope, queued.envelope);
  EXPECT_EQ(task.size_bytes, 1000);
  EXPECT_EQ(task.transmit_offset, 20);
}

// USR-011
TEST(QueueState, TheSizeOfAllGoesWithTheMessages) {
  MessageQueued small = message(2, {"bob@b.example"});
  small.size_bytes = 30;
  QueueState state = state_with({message(1, {"ann@a.example", "joe@a.example"}), small});
  EXPECT_EQ(state.size_bytes(), 1030);
  state.add(small);
  EXPECT_EQ(state.size_bytes(), 1030) << "a message that is there already";
  const auto leave = [&](std::int64_t id, const std::string& address) {
    state.apply(state.judge(QueueId{id}, {attempt(address, Kind::delivered)}, relay(), k_start).update);
  };
  leave(1, "ann@a.example");
  EXPECT_EQ(state.size_bytes(), 1030) << "another recipient waits";
  leave(1, "joe@a.example");
  EXPECT_EQ(state.size_bytes(), 30);
  leave(2, "bob@b.example");
  EXPECT_EQ(state.size_bytes(), 0);
}

TEST(QueueState, OnlyWhatIsDueAndNotHeldIsReady) {
  storage::QueuedItem item;
  item.id = QueueId{1};
  item.queued_at = k_start;
  const auto add = [&](const std::string& address, bool held, std::int64_t next_attempt,
                       const std::string& sender) {
    storage::QueuedRecipient recipient;
    recipient.recipient.address = address;
    recipient.held = held;
    recipient.next_attempt = next_attempt;
    recipient.way.sender = sender;
    item.recipients.push_back(recipient);
  };
  add("due@x.example", false, k_start, "");
  add("later@x.example", false, k_start + 1, "");
  add("held@x.example", true, 0, "");
  add("other@x.example", false, 0, "second");
  add("ours@x.example", false, 0, "main");
  QueueState state;
  state.add(item);
  state.make_all_ready(relay(), k_start);
  EXPECT_THAT(recipients(state.take("main|relay")), ElementsAre("due@x.example", "ours@x.example"));
  EXPECT_THAT(state.make_all_ready(relay(), k_start + 1), ElementsAre("main|relay"));
  EXPECT_THAT(recipients(state.take("main|relay")), ElementsAre("later@x.example"));
}

TEST(QueueState, OrdersByPriorityThenAgeOrSize) {
  const auto queued = [](std::int64_t id, std::int64_t age, std::int64_t size, int priority) {
    MessageQueued one = message(id, {"a@x.example"});
    one.queued_at = k_start - age;
    one.size_bytes = size;
    one.priority = priority;
    return one;
  };
  const std::vector<MessageQueued> messages = {queued(1, 10, 300, 0), queued(2, 30, 200, 0),
                                               queued(3, 20, 100, 0), queued(4, 5, 900, -1),
                                               queued(5, 50, 1, 1)};
  const struct {
    bool smaller_first, reverse;
    std::vector<std::int64_t> order;
  } k_orders[] = {
      // SND-35, SND-36: a smaller priority goes first in every order
      {false, false, {4, 2, 3, 1, 5}},
      {false, true, {4, 1, 3, 2, 5}},
      {true, false, {4, 3, 2, 1, 5}},
      {true, true, {4, 1, 2, 3, 5}},
  };
  for (const auto& [smaller_first, reverse, order] : k_orders) {
    auto sender = relay();
    sender.advanced.smaller_first = smaller_first;
    sender.advanced.reverse_order = reverse;
    auto state = state_with(messages);
    state.make_all_ready(sender, k_start);
    EXPECT_EQ(state.ready("main|relay"), 5u);
    std::vector<std::int64_t> taken;
    for (DeliveryTask task = state.take("main|relay"); task.id; task = state.take("main|relay"))
      taken.push_back(task.id.value);
    EXPECT_EQ(taken, order) << smaller_first << reverse;
  }
}

TEST(QueueState, IsBusyUntilEverythingReadyIsSettled) {
  auto state = state_with({message(1, {"a@x.example"}), message(2, {"b@x.example"})});
  EXPECT_FALSE(state.is_busy("main"));
  state.make_all_ready(relay(), k_start);
  EXPECT_TRUE(state.is_busy("main"));
  EXPECT_FALSE(state.is_busy("other"));
  for (int i = 0; i < 2; ++i) {
    const DeliveryTask task = state.take("main|relay");
    EXPECT_TRUE(state.is_busy("main"));
    const std::string address = task.envelope.recipients.at(0).address;
    state.apply(state.judge(task.id, {attempt(address, Kind::delivered)}, relay(), k_start).update);
  }
  EXPECT_FALSE(state.is_busy("main"));
  EXPECT_EQ(state.size(), 0u);
}

TEST(QueueState, IsNotBusyForEverWhenAMessageWasTakenTwice) {
  storage::QueuedItem item;
  item.id = QueueId{1};
  for (const char* address : {"a@x.example", "b@x.example"}) {
    storage::QueuedRecipient recipient;
    recipient.recipient.address = address;
    recipient.held = item.recipients.size() == 1;
    item.recipients.push_back(recipient);
  }
  QueueState state;
  state.add(item);
  state.make_all_ready(relay(), k_start);
  ASSERT_THAT(recipients(state.take("main|relay")), ElementsAre("a@x.example"));
  ASSERT_TRUE(run(state, {.action = "release", .ids = {1}}));
  state.make_all_ready(relay(), k_start);
  ASSERT_THAT(recipients(state.take("main|relay")), ElementsAre("b@x.example"));
  for (const char* address : {"a@x.example", "b@x.example"})
    state.apply(state.judge(QueueId{1}, {attempt(address, Kind::temporary)}, relay(), k_start).update);
  EXPECT_FALSE(state.is_busy("main"));
}

TEST(QueueState, WhatASessionLeftBehindWaitsAgain) {
  auto state = state_with({message(1, {"a@x.example", "b@y.example"})});
  state.make_all_ready(direct(), k_start);
  state.take("main|x.example");
  state.take("main|y.example");
  state.release_active(QueueId{1}, "main|x.example");
  EXPECT_THAT(states(state), ElementsAre("a@x.example waiting", "b@y.example active"));
  EXPECT_THAT(state.make_all_ready(direct(), k_start), ElementsAre("main|x.example"));
}

// ---- what an attempt means ----

class Judge : public ::testing::Test {
 protected:
  QueueState::Verdict judge(const AttemptResult& result, std::int64_t now = k_start) {
    return state_.judge(QueueId{1}, {result}, sender_, now);
  }
  /// One failed attempt after the other at the time it is due; gives the minutes in between.
  std::vector<std::int64_t> gaps(int attempts) {
    std::vector<std::int64_t> minutes;
    std::int64_t now = k_start;
    for (int i = 0; i < attempts; ++i) {
      const auto verdict = judge(attempt("a@x.example", Kind::temporary), now);
      state_.apply(verdict.update);
      const std::int64_t next = verdict.update.changes.at(0).next_attempt;
      minutes.push_back((next - now) / k_minute);
      now = next;
    }
    return minutes;
  }

  QueueState state_ = state_with({message(1, {"a@x.example", "b@x.example"})});
  conf::SenderSettings sender_ = relay();
};

TEST_F(Judge, ADeliveredRecipientLeavesTheQueue) {
  const auto verdict = judge(attempt("a@x.example", Kind::delivered, "250 2.0.0 ok"));
  ASSERT_EQ(verdict.update.changes.size(), 1u);
  EXPECT_TRUE(verdict.update.changes[0].finished);
  EXPECT_EQ(verdict.delivered, 1);
  EXPECT_THAT(verdict.reports, IsEmpty());
  EXPECT_THAT(states(state_), ElementsAre("a@x.example waiting", "b@x.example waiting"))
      << "not before the commit";
  state_.apply(verdict.update);
  EXPECT_THAT(states(state_), ElementsAre("b@x.example waiting"));
}

TEST_F(Judge, SuccessIsReportedWhenItIsAskedForAndNobodyElseDoes) {
  MessageQueued queued = message(2, {"a@x.example"});
  queued.envelope.recipients[0].notify = notify_success;
  state_.add(queued);
  AttemptResult result = attempt("a@x.example", Kind::delivered);
  EXPECT_EQ(state_.judge(QueueId{2}, {result}, sender_, k_start).reports.at(0).kind, ReportKind::relayed);
  result.reports_success = true;
  EXPECT_THAT(state_.judge(QueueId{2}, {result}, sender_, k_start).reports, IsEmpty());
}

TEST_F(Judge, APermanentFailureIsReportedAtOnce) {
  const auto verdict = judge(attempt("b@x.example", Kind::permanent, "550 5.1.1 nobody"));
  EXPECT_TRUE(verdict.update.changes.at(0).finished);
  EXPECT_EQ(verdict.failed, 1);
  ASSERT_EQ(verdict.reports.size(), 1u);
  EXPECT_EQ(verdict.reports[0].kind, ReportKind::failed);
  EXPECT_EQ(verdict.reports[0].recipient.address, "b@x.example");
  EXPECT_EQ(verdict.reports[0].result.reply, "550 5.1.1 nobody");
}

TEST_F(Judge, ATemporaryFailureWaitsByTheRetryListWhoseLastValueRepeats) {
  // SND-37
  sender_.advanced.retry = {10, 30, 60};
  EXPECT_THAT(gaps(5), ElementsAre(10, 30, 60, 60, 60));
  const QueueEntry entry = state_.list({})->at(0);
  EXPECT_EQ(entry.attempts, 5);
  EXPECT_EQ(entry.last_reply, "450 4.2.1 later");
  EXPECT_EQ(state_.list({})->at(1).attempts, 0) << "of the other recipient";
}

TEST_F(Judge, TheStandardRetryList) {
  EXPECT_THAT(gaps(9), ElementsAre(10, 10, 10, 30, 60, 60, 60, 180, 180));
}

TEST_F(Judge, TheRetryListOnlySaysWhenAMessageIsEligible) {
  // SND-37
  state_.apply(judge(attempt("a@x.example", Kind::temporary)).update);
  EXPECT_THAT(state_.make_all_ready(sender_, k_start + 10 * k_minute - 1), ElementsAre("main|relay"));
  EXPECT_THAT(recipients(state_.take("main|relay")), ElementsAre("b@x.example"));
  EXPECT_EQ(state_.ready("main|relay"), 0u);
  state_.make_all_ready(sender_, k_start + 10 * k_minute);
  EXPECT_THAT(recipients(state_.take("main|relay")), ElementsAre("a@x.example"));
}

TEST_F(Judge, FailsAfterTheMaximumRetryTime) {
  const std::int64_t deadline = k_start + 72 * k_hour;
  EXPECT_FALSE(judge(attempt("a@x.example", Kind::temporary), deadline - 1).update.changes.at(0).finished);
  const auto verdict = judge(attempt("a@x.example", Kind::temporary), deadline);
  EXPECT_TRUE(verdict.update.changes.at(0).finished);
  EXPECT_EQ(verdict.failed, 1);
  ASSERT_EQ(verdict.reports.size(), 1u);
  EXPECT_EQ(verdict.reports[0].kind, ReportKind::failed);
  EXPECT_EQ(verdict.reports[0].result.status, "4.4.7");
}

TEST_F(Judge, WarnsOnceAfterTheWarningTime) {
  const auto early = judge(attempt("a@x.example", Kind::temporary), k_start + 4 * k_hour - 1);
  EXPECT_THAT(early.reports, IsEmpty());
  state_.apply(early.update);
  const auto late = judge(attempt("a@x.example", Kind::temporary), k_start + 4 * k_hour);
  ASSERT_EQ(late.reports.size(), 1u);
  EXPECT_EQ(late.reports[0].kind, ReportKind::delayed);
  EXPECT_EQ(late.reports[0].retry_until, k_start + 72 * k_hour);
  EXPECT_TRUE(late.update.warned);
  state_.apply(late.update);
  const auto again = judge(attempt("a@x.example", Kind::temporary), k_start + 5 * k_hour);
  EXPECT_THAT(again.reports, IsEmpty());
  EXPECT_FALSE(again.update.warned);
  EXPECT_THAT(judge(attempt("b@x.example", Kind::temporary), k_start + 5 * k_hour).reports, IsEmpty())
      << "once a message";
}

TEST_F(Judge, NeverWarnsWhenThatIsSwitchedOff) {
  sender_.advanced.warn_hours = 0;
  EXPECT_THAT(judge(attempt("a@x.example", Kind::temporary), k_start + 71 * k_hour).reports, IsEmpty());
}

TEST_F(Judge, KnowsNothingOfStrangers) {
  EXPECT_THAT(judge(attempt("nobody@x.example", Kind::permanent)).update.changes, IsEmpty());
  EXPECT_THAT(
      state_.judge(QueueId{4711}, {attempt("a@x.example", Kind::permanent)}, sender_, k_start).reports,
      IsEmpty());
}

// ---- commands ----

TEST(QueueWakes, ATimedHoldEndsByItself) {
  // USR-194, USR-216
  MessageQueued queued = message(1, {"a@x.example"});
  queued.held_until = k_start + k_hour;
  auto state = state_with({queued});
  EXPECT_EQ(state.list({}, k_start)->at(0).state, "timed");
  EXPECT_THAT(state.make_all_ready(relay(), k_start), IsEmpty());
  EXPECT_EQ(state.next_wake(), k_start + k_hour);
  EXPECT_THAT(state.take_woken(k_start + k_hour - 1), IsEmpty());
  EXPECT_THAT(state.take_woken(k_start + k_hour), ElementsAre(1));
  EXPECT_FALSE(state.next_wake());
  EXPECT_EQ(state.list({}, k_start + k_hour)->at(0).state, "waiting");
  EXPECT_THAT(state.make_all_ready(relay(), k_start + k_hour), ElementsAre("main|relay"));
}

TEST(QueueWakes, AnAdministratorReleasesATimedHold) {
  // USR-215
  MessageQueued queued = message(1, {"a@x.example"});
  queued.held_until = k_start + k_hour;
  auto state = state_with({queued});
  ASSERT_TRUE(run(state, {.action = "release", .ids = {1}}));
  EXPECT_THAT(state.make_all_ready(relay(), k_start), ElementsAre("main|relay"));
  EXPECT_FALSE(state.next_wake());
}

TEST(QueueWakes, WhatIsUnsentTooLongIsGivenUpHeldOrNot) {
  // USR-195
  MessageQueued queued = message(1, {"a@x.example", "b@x.example"});
  queued.held_until = k_start + 48 * k_hour;
  queued.delete_at = k_start + 24 * k_hour;
  auto state = state_with({queued});
  ASSERT_TRUE(run(state, {.action = "hold", .ids = {1}, .filter = "b@"}));
  EXPECT_EQ(state.next_wake(), queued.delete_at);
  EXPECT_FALSE(state.give_up(QueueId{1}, queued.delete_at - 1));
  const auto verdict = state.give_up(QueueId{1}, queued.delete_at);
  ASSERT_TRUE(verdict);
  ASSERT_EQ(verdict->reports.size(), 2u);
  EXPECT_EQ(verdict->reports[0].kind, ReportKind::failed);
  EXPECT_EQ(verdict->reports[0].result.status, "4.4.7");
  EXPECT_EQ(verdict->reports[0].result.reply,
            "The message could not be sent within 24 hours and was deleted");
  state.apply(verdict->update);
  EXPECT_EQ(state.size(), 0u);
  EXPECT_FALSE(state.next_wake());
}

TEST(QueueWakes, AnAttemptThatFailsAfterItsTimeIsTheLast) {
  MessageQueued queued = message(1, {"a@x.example"});
  queued.delete_at = k_start + k_hour;
  auto state = state_with({queued});
  state.make_all_ready(relay(), k_start);
  state.take("main|relay");
  EXPECT_FALSE(state.give_up(QueueId{1}, queued.delete_at)) << "a session has it";
  const auto verdict =
      state.judge(QueueId{1}, {attempt("a@x.example", Kind::temporary)}, relay(), queued.delete_at);
  EXPECT_TRUE(verdict.update.changes.at(0).finished);
}

TEST(QueueState, RetriesLosePriority) {
  // USR-193
  auto state = state_with({message(1, {"a@x.example"}), message(2, {"b@x.example"})});
  state.apply(state.judge(QueueId{1}, {attempt("a@x.example", Kind::temporary)}, relay(), k_start).update);
  state.make_all_ready(relay(), k_start + k_hour);
  EXPECT_EQ(state.take("main|relay").id, QueueId{2});
  EXPECT_EQ(state.take("main|relay").id, QueueId{1});
}

TEST(QueueState, ARoutedRecipientNeedsNoConnection) {
  MessageQueued queued = message(1, {"a@x.example", "b@x.example"});
  queued.ways = {{"", "fred:secret@mail.lan:2525"}};
  auto state = state_with({queued});
  EXPECT_THAT(state.make_all_ready(relay(), k_start), ElementsAre("main|relay"));
  const auto routes = state.make_all_routed_ready(k_start);
  ASSERT_EQ(routes.size(), 1u);
  EXPECT_EQ(routes.begin()->first, "*route|fred@mail.lan:2525");
  EXPECT_EQ(routes.begin()->second, "fred:secret@mail.lan:2525");
  EXPECT_THAT(recipients(state.take("*route|fred@mail.lan:2525")), ElementsAre("a@x.example"));
  EXPECT_EQ(state.list({})->at(0).route, "mail.lan:2525") << "without the log-in";
  conf::SenderSettings sender = relay();
  sender.advanced.retry = {10};
  state.apply(state.judge(QueueId{1}, {attempt("a@x.example", Kind::temporary)}, sender, k_start).update);
  EXPECT_EQ(state.next_wake(), k_start + 10 * k_minute);
  ASSERT_TRUE(run(state, {.action = "redirect", .ids = {1}, .filter = "a@", .argument = "c@z.example"}));
  EXPECT_THAT(state.make_all_routed_ready(k_start), ::testing::IsEmpty()) << "it goes by its domain now";
}

// USR-187, USR-188
TEST(QueueState, ACopyOfItsOwnIsSentAlone) {
  MessageQueued queued = message(1, {"a@x.example", "b@x.example", "c@x.example", "d@x.example"});
  queued.ways = {{}, {"", "", "office", {}}, {}, {"", "", "", UserId{7}}};
  auto state = state_with({queued});
  state.make_all_ready(relay(), k_start);
  EXPECT_THAT(recipients(state.take("main|relay")), ElementsAre("a@x.example", "c@x.example"));
  const DeliveryTask member = state.take("main|relay");
  EXPECT_THAT(recipients(member), ElementsAre("b@x.example"));
  EXPECT_EQ(member.way.list, "office");
  const DeliveryTask mirrored = state.take("main|relay");
  EXPECT_THAT(recipients(mirrored), ElementsAre("d@x.example"));
  EXPECT_EQ(mirrored.way.mirror, UserId{7});
  EXPECT_FALSE(state.take("main|relay").id);

  const auto delivered = state.judge(QueueId{1}, {attempt("d@x.example", Kind::delivered)}, relay(), k_start);
  EXPECT_THAT(delivered.update.mirrors, ElementsAre(UserId{7}));
  const auto cancelled = state.judge(QueueId{1}, {attempt("d@x.example", Kind::cancelled)}, relay(), k_start);
  EXPECT_TRUE(cancelled.update.changes.at(0).finished);
  EXPECT_THAT(cancelled.update.mirrors, ::testing::IsEmpty());
  EXPECT_THAT(cancelled.reports, ::testing::IsEmpty());
}

TEST(QueueState, ADestinationThatFailsCountsForSomeOfItsMessages) {
  std::vector<MessageQueued> messages;
  for (int i = 1; i <= 50; ++i) messages.push_back(message(i, {"a@dead.example"}));
  messages[40].queued_at = k_start - 5 * k_hour;  // its sender is to be told
  messages[41].queued_at = k_start - 80 * k_hour;
  messages.push_back(message(51, {"a@living.example"}));
  auto state = state_with(messages);
  const auto first = state.make_all_ready(direct(), k_start);
  EXPECT_THAT(first, ElementsAre("main|dead.example", "main|living.example"));
  state.destinations().failed("main|dead.example", k_start, 40);
  const auto tasks = state.take_failed("main|dead.example", direct(), k_start, 10);
  EXPECT_EQ(tasks.size(), 10u) << "both old ones are among the first";
  EXPECT_EQ(tasks[0].id, QueueId{42});
  EXPECT_EQ(tasks[1].id, QueueId{41});
  EXPECT_EQ(state.ready("main|dead.example"), 0u);
  EXPECT_EQ(state.ready("main|living.example"), 1u);
  EXPECT_THAT(state.make_all_ready(direct(), k_start), IsEmpty()) << "it is left alone";
  EXPECT_THAT(state.make_all_ready(direct(), k_start + k_minute), ElementsAre("main|dead.example"));
  EXPECT_EQ(state.ready("main|dead.example"), 40u) << "those that were not tried";
}

TEST(QueueState, OfAFailedDestinationThoseWhoseTimeIsOverHearOfItAnyway) {
  std::vector<MessageQueued> messages;
  for (int i = 1; i <= 5; ++i) messages.push_back(message(i, {"a@dead.example"}));
  for (int i = 6; i <= 8; ++i) {
    messages.push_back(message(i, {"a@dead.example"}));
    messages.back().queued_at = k_start - 80 * k_hour;
    messages.back().priority = 9;  // the last ones
  }
  auto state = state_with(messages);
  state.make_all_ready(direct(), k_start);
  std::vector<std::int64_t> taken;
  for (const DeliveryTask& task : state.take_failed("main|dead.example", direct(), k_start, 2))
    taken.push_back(task.id.value);
  EXPECT_THAT(taken, ElementsAre(1, 2, 6, 7, 8));
}

TEST(QueueState, TheListHasWhatAdministratorsLookFor) {
  // USR-213, USR-214
  MessageQueued queued = message(1, {"a@x.example"});
  queued.peer_ip = "192.0.2.7";
  queued.auth_user = "fred";
  queued.subject = "Offer";
  queued.priority = 5;
  auto state = state_with({queued, message(2, {"b@x.example"})});
  const auto entries = *state.list({});
  EXPECT_EQ(entries.at(0).source_ip, "192.0.2.7");
  EXPECT_EQ(entries.at(0).auth_user, "fred");
  EXPECT_EQ(entries.at(0).subject, "Offer");
  EXPECT_EQ(entries.at(0).priority, 5);
  EXPECT_EQ(entries.at(1).source_ip, "unknown") << "the server made it";
  EXPECT_FALSE(state.list({.filter = "/(/"}));
}

}  // namespace
}  // namespace stagecoach
