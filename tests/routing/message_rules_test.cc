#include "routing/message_rules.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

const HeaderFields k_header{{"From", "\"Joe Brown\" <joe@remote.example>"},
                            {"To", "Fred <fred@example.com>"},
                            {"Cc", "sales@example.com"},
                            {"Subject", "WARNING: disk is full"},
                            {"X-Level", "7"},
                            {"Received", "from a"},
                            {"Received", "from b"}};

LocalTime at(std::string_view text) { return parse_moment(text).value(); }

RuleFacts facts() {
  return {.kind = MessageKind::incoming,
          .header = k_header,
          .body = [] { return std::string_view("Hello Fred,\nthe disk of server 4 is full."); },
          .size_bytes = 20480,
          .spam_score = 4.5,
          .now = at("2026-08-01 12:30"),
          .message_date = at("2026-07-31 23:50")};
}

using Conditions = std::vector<RuleCondition>;
using Actions = std::vector<RuleAction>;

MessageRule rule(std::string name, Conditions conditions, Actions actions) {
  MessageRule rule;
  rule.name = std::move(name);
  rule.conditions = std::move(conditions);
  rule.actions = std::move(actions);
  return rule;
}

RuleOutcome run(const std::vector<MessageRule>& rules, const RuleFacts& given) {
  return run_rules(compile_rules(rules), given);
}

// USR-163
// USR-164
// USR-167
// USR-168
// USR-169
constexpr bool k_ci = true, k_cs = false, k_not = true, k_is = false;
const struct {
  RuleCondition condition;
  bool holds;
} k_conditions[] = {
    {{"Subject", k_ci, k_is, RuleMatch::contains, "warning"}, true},
    {{"Subject", k_cs, k_is, RuleMatch::contains, "warning"}, false},
    {{"Subject", k_cs, k_is, RuleMatch::contains, "WARNING"}, true},
    {{"Subject", k_ci, k_not, RuleMatch::contains, "warning"}, false},
    {{"subject", k_ci, k_not, RuleMatch::contains, "fire"}, true},
    {{"Subject", k_ci, k_is, RuleMatch::equals, "warning: DISK is full"}, true},
    {{"Subject", k_ci, k_is, RuleMatch::equals, "warning"}, false},
    {{"Subject", k_ci, k_is, RuleMatch::begins_with, "warn"}, true},
    {{"Subject", k_ci, k_is, RuleMatch::begins_with, "disk"}, false},
    {{"Subject", k_ci, k_is, RuleMatch::ends_with, "FULL"}, true},
    {{"Subject", k_cs, k_is, RuleMatch::ends_with, "FULL"}, false},
    {{"Subject", k_ci, k_is, RuleMatch::wildcard, "warning*f?ll"}, true},
    {{"Subject", k_cs, k_is, RuleMatch::wildcard, "warning*f?ll"}, false},
    {{"Subject", k_ci, k_is, RuleMatch::wildcard, "warning"}, false},
    {{"Subject", k_ci, k_is, RuleMatch::regex, "disk\\s+is"}, true},
    {{"Subject", k_cs, k_is, RuleMatch::regex, "DISK"}, false},
    {{"Subject", k_cs, k_is, RuleMatch::regex, "/DISK/i"}, true},
    {{"Subject", k_ci, k_is, RuleMatch::regex, "/DISK/"}, false},  // its own flags count
    {{"X-Level", k_ci, k_is, RuleMatch::greater, "6.5"}, true},
    {{"X-Level", k_ci, k_is, RuleMatch::less, "7"}, false},
    {{"X-Level", k_ci, k_is, RuleMatch::is_true, ""}, true},
    {{"X-None", k_ci, k_is, RuleMatch::is_true, ""}, false},
    {{"X-None", k_ci, k_is, RuleMatch::contains, ""}, false},
    {{"X-None", k_ci, k_not, RuleMatch::contains, "x"}, true},
    {{"Received", k_ci, k_is, RuleMatch::contains, "from b"}, true},  // any occurrence
    {{"to,cc", k_ci, k_is, RuleMatch::contains, "sales@"}, true},
    {{"To", k_ci, k_is, RuleMatch::contains, "sales@"}, false},
    {{"To or Cc", k_ci, k_is, RuleMatch::contains, "sales@"}, true},
    {{"from, to or cc", k_ci, k_is, RuleMatch::contains, "joe@"}, true},
    {{"To or Cc", k_ci, k_is, RuleMatch::contains, "joe@"}, false},
    {{"Body", k_ci, k_is, RuleMatch::contains, "SERVER 4"}, true},
    {{"Body", k_ci, k_is, RuleMatch::regex, "^the disk"}, false},
    {{"Body", k_ci, k_is, RuleMatch::regex, "/^the disk/m"}, true},
    {{"Size", k_ci, k_is, RuleMatch::greater, "19k"}, true},
    {{"Size", k_ci, k_is, RuleMatch::greater, "20 kB"}, false},
    {{"Size", k_ci, k_is, RuleMatch::less, "1M"}, true},
    {{"Size", k_ci, k_is, RuleMatch::equals, "20480"}, true},
    {{"Spam score", k_ci, k_is, RuleMatch::greater, "4"}, true},
    {{"Spam score", k_ci, k_is, RuleMatch::greater, "4.5"}, false},
    {{"Date now", k_ci, k_is, RuleMatch::equals, "2026-08-01"}, true},
    {{"Date now", k_ci, k_is, RuleMatch::greater, "2026-07-31"}, true},
    {{"Date now", k_ci, k_is, RuleMatch::greater, "2026-08-01"}, false},
    {{"Date now", k_ci, k_is, RuleMatch::less, "2026-08-01 12:31"}, true},
    {{"Date now", k_ci, k_is, RuleMatch::begins_with, "2026-08"}, true},
    {{"Time now", k_ci, k_is, RuleMatch::greater, "12:29"}, true},
    {{"Time now", k_ci, k_is, RuleMatch::equals, "12:30"}, true},
    {{"Time now", k_ci, k_is, RuleMatch::less, "08:00"}, false},
    {{"Message date", k_ci, k_is, RuleMatch::less, "2026-08-01"}, true},
    {{"Message date", k_ci, k_is, RuleMatch::equals, "2026-08-01"}, false},
};

TEST(MessageRules, TestsConditions) {
  for (const auto& [condition, holds] : k_conditions) {
    const auto outcome = run({rule("r", {condition}, {{RuleVerb::flag, ""}})}, facts());
    EXPECT_EQ(outcome.flagged, holds) << outcome.reports[0].text;
    EXPECT_EQ(outcome.reports[0].matched, holds);
  }
}

TEST(MessageRules, IgnoresCaseBeyondAscii) {
  const HeaderFields header{{"Subject",
                             "GR\xc3\x9c\xc3\x9f"
                             "E aus K\xc3\x96LN"}};
  RuleFacts given{.header = header};
  for (const auto match : {RuleMatch::contains, RuleMatch::ends_with, RuleMatch::wildcard}) {
    const std::string data = match == RuleMatch::wildcard ? "gr\xc3\xbc*k\xc3\xb6ln" : "k\xc3\xb6ln";
    EXPECT_TRUE(
        run({rule("r", {{"Subject", true, false, match, data}}, {{RuleVerb::flag, ""}})}, given).flagged);
    EXPECT_FALSE(
        run({rule("r", {{"Subject", false, false, match, data}}, {{RuleVerb::flag, ""}})}, given).flagged);
  }
}

TEST(MessageRules, AMissingFactHoldsNothing) {
  const HeaderFields header;
  const RuleFacts given{.header = header};
  for (const RuleCondition& condition :
       {RuleCondition{"Spam score", true, false, RuleMatch::less, "100"},
        RuleCondition{"Message date", true, false, RuleMatch::less, "2030-01-01"},
        RuleCondition{"Body", true, false, RuleMatch::contains, ""}})
    EXPECT_FALSE(run({rule("r", {condition}, {{RuleVerb::flag, ""}})}, given).flagged) << condition.field;
}

TEST(MessageRules, AsksForTheBodyOnceAndOnlyWhenARuleWantsIt) {
  int asked = 0;
  RuleFacts given = facts();
  given.body = [&asked]() -> std::string_view {
    ++asked;
    return "text";
  };
  run({rule("r", {{"Subject", true, false, RuleMatch::contains, "x"}}, {})}, given);
  EXPECT_EQ(asked, 0);
  const RuleCondition body{"Body", true, false, RuleMatch::contains, "text"};
  run({rule("r", {body, body}, {}), rule("s", {body}, {})}, given);
  EXPECT_EQ(asked, 1);
}

// USR-162
const struct {
  bool all;
  std::vector<const char*> data;
  bool matches;
} k_logic[] = {
    {true, {"WARNING", "disk"}, true},
    {true, {"WARNING", "fire"}, false},
    {false, {"fire", "disk"}, true},
    {false, {"fire", "water"}, false},
    {true, {}, true},
    {false, {}, false},
};

TEST(MessageRules, AllConditionsOrAnyOfThem) {
  for (const auto& [all, data, matches] : k_logic) {
    MessageRule entry = rule("r", {}, {{RuleVerb::flag, ""}});
    entry.all_conditions = all;
    for (const char* text : data) entry.conditions.push_back({.field = "Subject", .data = text});
    EXPECT_EQ(run({entry}, facts()).flagged, matches) << all << data.size();
  }
}

// USR-161
TEST(MessageRules, LooksOnlyAtItsKindsOfMessages) {
  MessageRule entry = rule("r", {}, {{RuleVerb::flag, ""}});
  entry.kinds = {MessageKind::local, MessageKind::system};
  for (const auto& [kind, matches] :
       {std::pair{MessageKind::incoming, false}, {MessageKind::local, true}, {MessageKind::system, true}}) {
    RuleFacts given = facts();
    given.kind = kind;
    EXPECT_EQ(run({entry}, given).flagged, matches);
  }
  EXPECT_EQ(run({entry}, facts()).reports[0].text, "no: not for incoming messages");
}

// USR-159
// USR-160
// WIK-065
TEST(MessageRules, EveryMatchingRuleActsUntilOneStops) {
  const RuleCondition never{.field = "Subject", .data = "fire"};
  MessageRule off = rule("off", {}, {{RuleVerb::add_keyword, "off"}});
  off.enabled = false;
  const auto outcome = run({rule("1", {}, {{RuleVerb::add_keyword, "one"}}), off,
                            rule("2", {never}, {{RuleVerb::stop, ""}, {RuleVerb::add_keyword, "two"}}),
                            rule("3", {}, {{RuleVerb::stop, ""}, {RuleVerb::add_keyword, "three"}}),
                            rule("4", {}, {{RuleVerb::add_keyword, "four"}})},
                           facts());
  EXPECT_EQ(outcome.keywords, (std::vector<std::string>{"one", "three"}));
  EXPECT_EQ(outcome.reports.size(), 3U);
}

// USR-165
// USR-166
TEST(MessageRules, LaterRulesSeeWhatEarlierOnesDid) {
  const Actions acts{{RuleVerb::flag, ""},
                     {RuleVerb::mark_read, ""},
                     {RuleVerb::quarantine, ""},
                     {RuleVerb::add_keyword, "Work"},
                     {RuleVerb::modify_headers, "X-New: yes"}};
  const RuleCondition pending[] = {
      {"Flagged", true, false, RuleMatch::is_true, ""},
      {"Marked read", true, false, RuleMatch::is_true, "yes"},
      {"Quarantined", true, false, RuleMatch::is_true, ""},
      {"Keyword", true, false, RuleMatch::contains, "work"},
      {"Previous Rule Match", true, false, RuleMatch::equals, "First"},
      {"X-New", true, false, RuleMatch::equals, "yes"},
  };
  for (const RuleCondition& condition : pending) {
    const MessageRule test = rule("test", {condition}, {{RuleVerb::add_keyword, "seen"}});
    const auto seen = [&](const std::vector<MessageRule>& rules) {
      return run(rules, facts()).reports.back().matched;
    };
    EXPECT_TRUE(seen({rule("first", {}, acts), test})) << condition.field;
    EXPECT_FALSE(seen({rule("other", {}, {}), test})) << condition.field;
  }
}

TEST(MessageRules, StartsWithWhatIsDecidedAlready) {
  RuleFacts given = facts();
  given.quarantined = true;
  given.keywords = {"$Junk"};
  const auto outcome = run({rule("r", {{"Quarantined", true, false, RuleMatch::is_true, ""}},
                                 {{RuleVerb::add_keyword, "$junk"}, {RuleVerb::mark_read, ""}})},
                           given);
  EXPECT_TRUE(outcome.quarantined && outcome.read);
  EXPECT_EQ(outcome.flags(), (std::vector<std::string>{"\\Seen", "$Junk"}));
}

// USR-170
// USR-171
// USR-172
// USR-173
// USR-174
// USR-176
// USR-177
TEST(MessageRules, CarriesOutActions) {
  const auto outcome = run({rule("r", {},
                                 {{RuleVerb::flag, ""},
                                  {RuleVerb::mark_read, ""},
                                  {RuleVerb::add_keyword, "Work"},
                                  {RuleVerb::copy_to_folder, "Alarms"},
                                  {RuleVerb::copy_to_folder, "alarms"},
                                  {RuleVerb::move_to_folder, "Archive/2026"},
                                  {RuleVerb::move_to_folder, "Other"},
                                  {RuleVerb::modify_headers, "MyHeader: blob"},
                                  {RuleVerb::modify_headers, "X-Level:"}})},
                           facts());
  EXPECT_EQ(outcome.flags(), (std::vector<std::string>{"\\Seen", "\\Flagged", "Work"}));
  EXPECT_EQ(outcome.copy_folders, std::vector<std::string>{"Alarms"});
  EXPECT_EQ(outcome.move_folder, "Archive/2026");  // the first
  EXPECT_EQ(outcome.header, (std::vector<HeaderEdit>{{HeaderEdit::Kind::set, "MyHeader", "blob"},
                                                     {HeaderEdit::Kind::remove, "X-Level", ""}}));
  EXPECT_TRUE(run({rule("r", {}, {{RuleVerb::remove, ""}})}, facts()).removed);
  EXPECT_TRUE(run({rule("r", {}, {{RuleVerb::quarantine, ""}})}, facts()).quarantined);
}

TEST(MessageRules, DeletesBeforeItQuarantinesBeforeItMoves) {
  const RuleAction copy{RuleVerb::copy_to_folder, "C"}, move{RuleVerb::move_to_folder, "M"},
      remove{RuleVerb::remove, ""}, quarantine{RuleVerb::quarantine, ""};
  const auto removed = run({rule("r", {}, {move, quarantine, remove, copy})}, facts());
  EXPECT_TRUE(removed.removed && !removed.quarantined && !removed.move_folder);
  EXPECT_EQ(removed.copy_folders.size(), 1U);
  const auto quarantined = run({rule("r", {}, {move, quarantine, copy})}, facts());
  EXPECT_TRUE(quarantined.quarantined && !quarantined.move_folder);
  EXPECT_EQ(quarantined.copy_folders.size(), 1U);
}

// USR-175
TEST(MessageRules, OneSenderForAllForwardsOfARule) {
  const auto outcome = run({rule("r", {},
                                 {{RuleVerb::forward_to, "kate"},
                                  {RuleVerb::set_forward_sender, "robot@example.com"},
                                  {RuleVerb::forward_to, "bob@remote.example; kate"}}),
                            rule("s", {}, {{RuleVerb::forward_to, "kate"}})},
                           facts());
  EXPECT_EQ(outcome.forwards,
            (std::vector<RuleForward>{
                {"kate", "robot@example.com"}, {"bob@remote.example", "robot@example.com"}, {"kate", ""}}));
}

TEST(MessageRules, SaysWhatItDidAndWhyNot) {
  MessageRule first = rule("first", {{.field = "Subject", .data = "WARNING"}},
                           {{RuleVerb::copy_to_folder, "Alarms"}, {RuleVerb::add_keyword, "two words"}});
  first.where = {"stagecoach.toml", 41};
  MessageRule second = rule("second", {{.field = "Subject", .data = "fire"}}, {});
  const auto outcome = run({first, second, rule("third", {{.field = "Size", .data = "big"}}, {})}, facts());
  EXPECT_EQ(outcome.reports,
            (std::vector<RuleReport>{
                {"first", "stagecoach.toml:41",
                 "Subject contains \"WARNING\": copy to folder Alarms; not done: \"two words\" is "
                 "no IMAP keyword",
                 true},
                {"second", "database", "no: not Subject contains \"fire\"", false},
                {"third", "database", "no: Size: \"big\" is no size like 500k", false}}));
}

const struct {
  RuleCondition condition;
  RuleAction action;
  const char* fault;  // "": none
} k_faults[] = {
    {{.field = "Subject", .data = "x"}, {RuleVerb::stop, ""}, ""},
    {{.field = "Subject", .match = RuleMatch::regex, .data = "("},
     {},
     "Subject: regular expression: missing closing parenthesis at character 2"},
    {{.field = "Size", .match = RuleMatch::greater, .data = "x"}, {}, "Size: \"x\" is no size like 500k"},
    {{.field = "Size", .match = RuleMatch::contains, .data = "1"},
     {},
     "Size: a size is greater, less or equals"},
    {{.field = "Spam score", .match = RuleMatch::less, .data = "x"}, {}, "Spam score: \"x\" is no number"},
    {{.field = "Flagged", .match = RuleMatch::is_true, .data = "maybe"},
     {},
     "Flagged: \"maybe\" is no yes or no"},
    {{.field = "Date now", .match = RuleMatch::less, .data = "May"},
     {},
     "Date now: \"May\" is no date like 2026-12-31"},
    {{.field = "Time now", .match = RuleMatch::less, .data = "noon"},
     {},
     "Time now: \"noon\" is no time like 08:15"},
    {{.field = "Keyword"}, {}, "Keyword: the condition names nothing"},
    {{.field = " , "}, {}, " , : the condition names no field"},
    {{.field = "X-A", .match = RuleMatch::less, .data = "x"}, {}, "X-A: \"x\" is no number"},
    {{.field = "To"}, {RuleVerb::copy_to_folder, " "}, "\"\" is no folder name"},
    {{.field = "To"}, {RuleVerb::move_to_folder, "a\r\nb"}, "\"a\r\nb\" is no folder name"},
    {{.field = "To"}, {RuleVerb::forward_to, ""}, "an address is missing"},
    {{.field = "To"}, {RuleVerb::modify_headers, "x y: z"}, "\"x y: z\" is not \"Field: data\""},
};

TEST(MessageRules, ChecksRules) {
  for (const auto& [condition, action, fault] : k_faults) {
    const auto checked = check_rule(rule("r", {condition}, {action}));
    EXPECT_EQ(checked ? "" : checked.error().reason, fault);
  }
}

TEST(MessageRules, AConditionThatCannotBeReadHoldsNeverEvenNegated) {
  RuleCondition broken{.field = "Size", .data = "x"};
  broken.negated = true;
  EXPECT_FALSE(run({rule("r", {broken}, {{RuleVerb::flag, ""}})}, facts()).flagged);
}

}  // namespace
}  // namespace stagecoach::routing
