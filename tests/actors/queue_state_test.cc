#include "actors/queue_state.h"

#include <gmock/gmock.h>

namespace stagecoach {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Kind = AttemptResult::Kind;
using ReportKind = QueueState::Verdict::Report::Kind;

constexpr std::int64_t k_minute = 60'000'000, k_hour = 60 * k_minute;
constexpr std::int64_t k_start = 500'000 * k_hour;

conf::SenderSettings relay() {
  conf::SenderSettings sender;
  sender.connection = "main";
  return sender;
}
conf::SenderSettings direct() {
  conf::SenderSettings sender = relay();
  sender.kind = conf::SenderKind::direct;
  return sender;
}

MessageQueued message(std::int64_t id, const std::vector<std::string>& recipients) {
  MessageQueued queued;
  queued.id = QueueId{id};
  queued.envelope.reverse_path = "fred@example.com";
  for (const std::string& address : recipients) queued.envelope.recipients.push_back({address, 0, {}});
  queued.size_bytes = 1000;
  queued.transmit_offset = 20;
  queued.queued_at = k_start;
  return queued;
}

QueueState state_with(const std::vector<MessageQueued>& messages) {
  QueueState state;
  for (const MessageQueued& queued : messages) state.add(queued);
  return state;
}

std::vector<std::string> recipients(const DeliveryTask& task) {
  std::vector<std::string> addresses;
  for (const EnvelopeRecipient& recipient : task.envelope.recipients) addresses.push_back(recipient.address);
  return addresses;
}

AttemptResult attempt(const std::string& address, Kind kind, const std::string& reply = "450 4.2.1 later") {
  AttemptResult result;
  result.address = address;
  result.kind = kind;
  result.reply = reply;
  result.status = "4.2.1";
  return result;
}

std::vector<std::string> states(const QueueState& state) {
  std::vector<std::string> shown;
  for (const QueueEntry& entry : *state.list({})) shown.push_back(entry.to + " " + entry.state);
  return shown;
}

/// What a command makes of the queue.
Result<std::int64_t> run(QueueState& state, const QueueCommand& command, std::int64_t now = k_start) {
  auto updates = state.command(command, now);
  if (!updates) return std::move(updates.error());
  for (const QueueUpdate& update : *updates) state.apply(update);
  return static_cast<std::int64_t>(updates->size());
}

// ---- what is ready, and for which destination ----

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
    recipient.sender = sender;
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
  state.release_active("main|x.example");
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

class Commands : public ::testing::Test {
 protected:
  QueueState state_ = state_with({message(1, {"a@x.example", "b@y.example"}), message(2, {"c@x.example"})});
};

TEST_F(Commands, HoldAndRelease) {
  EXPECT_EQ(run(state_, {.action = "hold", .ids = {1}}).value_or(-1), 1);
  EXPECT_THAT(states(state_), ElementsAre("a@x.example held", "b@y.example held", "c@x.example waiting"));
  state_.make_all_ready(relay(), k_start);
  EXPECT_EQ(state_.ready("main|relay"), 1u);
  EXPECT_EQ(run(state_, {.action = "release", .ids = {1}}).value_or(-1), 1);
  state_.make_all_ready(relay(), k_start);
  EXPECT_EQ(state_.ready("main|relay"), 2u);
}

TEST_F(Commands, AHeldMessageThatWasReadyIsNotTaken) {
  state_.make_all_ready(relay(), k_start);
  ASSERT_TRUE(run(state_, {.action = "hold", .ids = {1, 2}}));
  EXPECT_FALSE(state_.take("main|relay").id);
  EXPECT_FALSE(state_.is_busy("main"));
}

TEST_F(Commands, RetryMakesDueNow) {
  state_.apply(state_.judge(QueueId{2}, {attempt("c@x.example", Kind::temporary)}, relay(), k_start).update);
  EXPECT_THAT(state_.make_ready(QueueId{2}, relay(), k_start), IsEmpty());
  ASSERT_TRUE(run(state_, {.action = "retry", .ids = {2}}));
  EXPECT_THAT(state_.make_ready(QueueId{2}, relay(), k_start), ElementsAre("main|relay"));
}

TEST_F(Commands, ChoosesByNumberOrByPartOfAnAddress) {
  const struct {
    const char* name;
    QueueCommand command;
    std::vector<std::string> left;
  } k_commands[] = {
      {"a number", {"delete", {2}, "", ""}, {"a@x.example waiting", "b@y.example waiting"}},
      {"part of a recipient", {"delete", {}, "@X.example", ""}, {"b@y.example waiting"}},
      {"part of the sender", {"delete", {}, "FRED@", ""}, {}},
      {"a recipient of one message",
       {"delete", {1}, "@x", ""},
       {"b@y.example waiting", "c@x.example waiting"}},
      {"nothing",
       {"delete", {}, "", ""},
       {"a@x.example waiting", "b@y.example waiting", "c@x.example waiting"}},
      {"unknown number",
       {"delete", {9}, "", ""},
       {"a@x.example waiting", "b@y.example waiting", "c@x.example waiting"}},
  };
  for (const auto& [name, command, left] : k_commands) {
    QueueState state = state_;
    ASSERT_TRUE(run(state, command)) << name;
    EXPECT_EQ(states(state), left) << name;
  }
}

TEST_F(Commands, RedirectAndPriority) {
  ASSERT_TRUE(run(state_, {.action = "redirect", .ids = {2}, .argument = "d@z.example"}));
  EXPECT_EQ(state_.list({.id = 2})->at(0).to, "d@z.example");
  state_.make_all_ready(direct(), k_start);
  EXPECT_EQ(state_.ready("main|z.example"), 1u);
  ASSERT_TRUE(run(state_, {.action = "priority", .ids = {2}, .argument = "-5"}));
  EXPECT_EQ(state_.list({.id = 2})->at(0).priority, -5);
}

TEST_F(Commands, LeaveAloneWhatIsUnderWay) {
  state_.make_all_ready(direct(), k_start);
  state_.take("main|y.example");
  ASSERT_TRUE(run(state_, {.action = "delete", .ids = {1}}));
  EXPECT_THAT(states(state_), ElementsAre("b@y.example active", "c@x.example waiting"));
}

TEST_F(Commands, AnUnknownOneIsRefused) {
  const auto refused = run(state_, {.action = "burn", .ids = {1}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Error::Kind::invalid_input);
}

TEST_F(Commands, AWrongArgumentIsRefused) {
  const struct {
    const char* name;
    QueueCommand command;
  } k_wrong[] = {
      {"redirect to nobody", {"redirect", {1}, "", ""}},
      {"redirect to no address", {"redirect", {1}, "", "nobody"}},
      {"redirect to two lines", {"redirect", {1}, "", "a@x.example\r\nDATA"}},
      {"no priority", {"priority", {1}, "", "abc"}},
      {"an empty priority", {"priority", {1}, "", ""}},
      {"unknown, though nothing matches", {"burn", {}, "nothing", ""}},
  };
  for (const auto& [name, command] : k_wrong) {
    const auto refused = run(state_, command);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().kind, Error::Kind::invalid_input) << name;
  }
  EXPECT_EQ(states(state_).size(), 3u);
}

TEST_F(Commands, ARedirectToWhereTheMessageGoesAnywayLeavesOneCopy) {
  ASSERT_TRUE(run(state_, {.action = "redirect", .ids = {1}, .filter = "a@x", .argument = "b@y.example"}));
  EXPECT_THAT(states(state_), ElementsAre("b@y.example waiting", "c@x.example waiting"));
}

TEST_F(Commands, ListFiltersByNumberAndAddress) {
  EXPECT_EQ(state_.list({})->size(), 3u);
  EXPECT_EQ(state_.list({.id = 1})->size(), 2u);
  EXPECT_EQ(state_.list({.filter = "y.EXAMPLE"})->size(), 1u);
  const QueueEntry entry = state_.list({.id = 2})->at(0);
  EXPECT_EQ(entry.from, "fred@example.com");
  EXPECT_EQ(entry.size_bytes, 1000);
  EXPECT_EQ(entry.queued_at, k_start);
}

TEST_F(Commands, CountsMessagesAndRecipientsByCriteria) {
  // USR-223, USR-226
  QueueCommand hold{.action = "hold"};
  hold.criteria.to = "x.example";
  EXPECT_EQ(run(state_, hold).value_or(-1), 2);
  EXPECT_THAT(states(state_), ElementsAre("a@x.example held", "b@y.example waiting", "c@x.example held"));
  QueueCommand release{.action = "release"};
  release.criteria.held = QueueCriteria::Held::yes;
  release.criteria.to = "a@";
  EXPECT_EQ(run(state_, release).value_or(-1), 1);
  EXPECT_THAT(states(state_), ElementsAre("a@x.example waiting", "b@y.example waiting", "c@x.example held"));
  QueueCommand wrong{.action = "hold"};
  wrong.criteria.subject = "/(/";
  EXPECT_FALSE(run(state_, wrong));
}

TEST_F(Commands, TheFinalTryEndsInFailure) {
  // USR-222
  ASSERT_TRUE(run(state_, {.action = "final", .ids = {2}}));
  EXPECT_TRUE(state_.list({.id = 2})->at(0).final_try);
  auto verdict = state_.judge(QueueId{2}, {attempt("c@x.example", Kind::temporary)}, relay(), k_start);
  EXPECT_TRUE(verdict.update.changes.at(0).finished);
  EXPECT_EQ(verdict.reports.at(0).result.status, "4.4.7");
  ASSERT_TRUE(run(state_, {.action = "final", .ids = {2}, .argument = "off"}));
  verdict = state_.judge(QueueId{2}, {attempt("c@x.example", Kind::temporary)}, relay(), k_start);
  EXPECT_FALSE(verdict.update.changes.at(0).finished);
  EXPECT_FALSE(run(state_, {.action = "final", .ids = {2}, .argument = "perhaps"}));
}

TEST_F(Commands, WhatIsBeingChangedIsNotSentMeanwhile) {
  state_.make_all_ready(relay(), k_start);
  const auto updates = state_.command({.action = "delete", .ids = {1}}, k_start);
  ASSERT_TRUE(updates);
  state_.set_aside(updates->at(0));
  EXPECT_EQ(state_.take("main|relay").id, QueueId{2});
  EXPECT_FALSE(state_.take("main|relay").id);
  QueueUpdate failed = updates->at(0);  // it could not be stored
  for (QueueChange& change : failed.changes) change.finished = false;
  state_.apply(failed);
  EXPECT_THAT(state_.make_ready(QueueId{1}, relay(), k_start), ElementsAre("main|relay"));
  EXPECT_EQ(state_.take("main|relay").id, QueueId{1});
}

TEST_F(Commands, MoveAndCopy) {
  // USR-218
  EXPECT_EQ(run(state_, {.action = "copy", .ids = {1}}).value_or(-1), 1);
  EXPECT_EQ(state_.size(), 2u);
  EXPECT_EQ(run(state_, {.action = "move", .ids = {1}}).value_or(-1), 1);
  EXPECT_THAT(states(state_), ElementsAre("c@x.example waiting"));
}

// ---- what happens by itself ----

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
  queued.routes = {"fred:secret@mail.lan:2525", ""};
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
