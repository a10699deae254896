#include "tests/actors/queue_fixture.h"

namespace stagecoach {
namespace {

using namespace queue_test;

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

}  // namespace
}  // namespace stagecoach
