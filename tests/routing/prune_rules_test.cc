#include "routing/prune_rules.h"

#include <gtest/gtest.h>

#include "routing/model/mailbox.h"

namespace stagecoach::routing {
namespace {

using std::chrono::days;
using std::chrono::seconds;

PruneRule any_message() { return {.deleted_only = false, .spam_only = false}; }

PruneCandidate message(int age_days, std::uint8_t flags = 0) {
  return {.folder = "INBOX", .age = days(age_days), .size_bytes = 10240, .flags = flags};
}

bool deletes(const PruneRule& rule, const PruneCandidate& candidate) {
  return pruned_by({&rule, 1}, candidate) != nullptr;
}

// USR-198
// DBS-30
TEST(PruneRules, DeletesWhatMatchesAllConditions) {
  PruneRule rule = any_message();
  rule.age_days = 30;
  EXPECT_TRUE(deletes(rule, message(31)));
  EXPECT_FALSE(deletes(rule, message(30)));  // older than, not as old as
  rule.read = ReadState::read;
  EXPECT_FALSE(deletes(rule, message(31)));
  EXPECT_TRUE(deletes(rule, message(31, flag_seen)));
  rule.flagged = FlagState::unflagged;
  EXPECT_FALSE(deletes(rule, message(31, flag_seen | flag_flagged)));
  rule.larger_than_kb = 10;
  EXPECT_FALSE(deletes(rule, message(31, flag_seen)));
  rule.larger_than_kb = 9;
  EXPECT_TRUE(deletes(rule, message(31, flag_seen)));
  rule.deleted_only = true;
  EXPECT_FALSE(deletes(rule, message(31, flag_seen)));
  EXPECT_TRUE(deletes(rule, message(31, flag_seen | flag_deleted)));
}

TEST(PruneRules, KnowsBothStatesOfReadAndFlagged) {
  PruneRule rule = any_message();
  rule.read = ReadState::unread;
  EXPECT_TRUE(deletes(rule, message(1)));
  EXPECT_FALSE(deletes(rule, message(1, flag_seen)));
  rule = any_message();
  rule.flagged = FlagState::flagged;
  EXPECT_FALSE(deletes(rule, message(1)));
  EXPECT_TRUE(deletes(rule, message(1, flag_flagged)));
}

TEST(PruneRules, TakesSpamByItsKeyword) {
  PruneRule rule = any_message();
  rule.spam_only = true;
  const std::vector<std::string> spam{"$junk"}, both{"$Junk", "$NotJunk"}, other{"Work"};
  PruneCandidate candidate = message(1);
  for (const auto& [keywords, expected] : {std::pair{&spam, true}, {&both, false}, {&other, false}}) {
    candidate.keywords = *keywords;
    EXPECT_EQ(deletes(rule, candidate), expected);
  }
}

// DBS-31
TEST(PruneRules, StarIsEveryFolder) {
  PruneRule rule = any_message();
  EXPECT_TRUE(applies_to_folder(rule, "Sent"));
  rule.folder = "Trash";
  EXPECT_TRUE(applies_to_folder(rule, "Trash"));
  EXPECT_FALSE(applies_to_folder(rule, "Trash/Old"));
  rule.folder = "inbox";
  EXPECT_TRUE(applies_to_folder(rule, "INBOX"));
}

// USR-199
// DBS-33
TEST(PruneRules, ANewRuleDeletesAlmostNothing) {
  const PruneRule rule;
  const std::vector<std::string> spam{"$Junk"};
  PruneCandidate candidate = message(1000);
  EXPECT_FALSE(deletes(rule, candidate));
  candidate.flags = flag_deleted;
  EXPECT_FALSE(deletes(rule, candidate));
  candidate.keywords = spam;
  EXPECT_TRUE(deletes(rule, candidate));
}

// USR-197
// DBS-34
TEST(PruneRules, GlobalRulesOrTheUsersNeverBoth) {
  GlobalPrune global;
  global.rules.resize(2);
  UserPrune user;
  user.rules.resize(1);
  EXPECT_EQ(prune_rules_for(user, global).size(), 2U);
  user.use_global = false;
  EXPECT_EQ(prune_rules_for(user, global).size(), 1U);
}

TEST(PruneRules, NamesTheRuleThatDeletes) {
  std::vector<PruneRule> rules(2, any_message());
  rules[0].age_days = 100;
  EXPECT_EQ(pruned_by(rules, message(10)), &rules[1]);
}

}  // namespace
}  // namespace stagecoach::routing
