#include "actors/autoresponder_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conf/entry_text.h"

namespace stagecoach {
namespace {

using testing::HasSubstr;

Autoresponder sample() {
  Autoresponder all;
  all.header_triggers = {"Subject: *?*"};
  all.definitions = {{.name = "Away", .response_text = "Gone,\n\"{Originator}\"", .attachments = {"a b.pdf"}},
                     {.name = "Info", .min_interval_hours = 0}};
  all.rules = {{.name = "Colleagues", .autoresponder = "<None>", .sender = "*@example.com"},
               {.name = "Summer",
                .autoresponder = "away",
                .fields = {{"event", "a \"trip\""}},
                .date_from = "2026-08-01",
                .days = {1, 2}},
               {.name = "Questions", .autoresponder = "Info", .subject = "/info/i"}};
  return all;
}

std::string order(const Autoresponder& all) {
  std::string text;
  for (const AutoresponderRule& rule : all.rules) text += rule.name.substr(0, 1);
  return text;
}

/// Without where it stands.
Autoresponder bare(Autoresponder all) {
  for (auto& one : all.definitions) one.where = {};
  for (auto& one : all.rules) one.where = {};
  return all;
}

TEST(AutoresponderImport, ReadsWhatTheExportWrites) {  // USR-118
  const std::string text = conf::entry_text(sample());
  auto read = read_answers(text, "x.toml", {}, {});
  ASSERT_TRUE(read) << read.error().text() << "\n" << text;
  EXPECT_EQ(bare(*read), sample()) << text;
}

TEST(AutoresponderImport, ExportsOneDefinitionWithItsRules) {
  auto away = select_answers(sample(), "AWAY");
  ASSERT_TRUE(away);
  EXPECT_EQ(away->definitions.size(), 1u);
  EXPECT_EQ(order(*away), "S");
  EXPECT_TRUE(away->header_triggers.empty());
  EXPECT_FALSE(select_answers(sample(), "Gone"));
  EXPECT_EQ(select_answers(sample(), "").value(), sample());
}

const struct {
  const char *text, *fault;
} k_files[] = {
    {"[[definitions]]\nname = \"a\"\nfoo = 1\n", "x.toml:3: definitions.a.foo"},
    {"[[definitions]]\nname = \"a\nb\"\n", "x.toml:2"},
    {"\n\n[[rules]]\nname = \"r\"\nautoresponder = \"gone\"\n",
     "x.toml:3: rules.r: there is no definition \"gone\""},
    {"[[rules]]\nname = \"r\"\nautoresponder = \"<none>\"\n\ntime_from = \"25:00\"\n",
     "x.toml:5: rules.r.time_from"},
    {"[[rules]]\nautoresponder = \"<None>\"\n", "x.toml:1: rules.name"},
    {"[[definitions]]\nname = \"a\"\n[[definitions]]\nname = \"A\"\n", "x.toml:3: definitions.A: another"},
    {"header_filters = [\"no colon\"]\n", "x.toml:1: header_filters"},
};
TEST(AutoresponderImport, NamesLineAndReasonOfEachFault) {
  for (const auto& [text, fault] : k_files) {
    auto read = read_answers(text, "x.toml", {}, {});
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().text(), HasSubstr(fault)) << text;
  }
  auto several = read_answers("[[definitions]]\nname = \"a\"\nx = 1\ny = 1\n", "x.toml", {}, {});
  EXPECT_THAT(several.error().text(), HasSubstr("x.toml:4: "));
  EXPECT_FALSE(read_answers(std::string(5u << 20, '#'), "x.toml", {}, {}));
}

TEST(AutoresponderImport, RulesMayNameWhatIsThereAlready) {  // USR-251
  const char* const rule = "[[rules]]\nname = \"r\"\nautoresponder = \"AWAY\"\n";
  EXPECT_FALSE(read_answers(rule, "x.toml", {}, {}));
  EXPECT_TRUE(read_answers(rule, "x.toml", sample(), {}));
  EXPECT_TRUE(read_answers(rule, "x.toml", {}, {"Away"}));
}

TEST(AutoresponderImport, RefusesOrReplacesWhatIsThere) {
  Autoresponder added;
  added.header_triggers = {"Subject: *?*", "X: y"};
  added.definitions = {{.name = "AWAY", .response_text = "new"}, {.name = "More"}};
  added.rules = {{.name = "summer", .autoresponder = "More"}};
  auto refused = merge_answers(sample(), added, SameNames::refuse);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("definition \"AWAY\" already"));
  EXPECT_THAT(refused.error().text(), HasSubstr("rule \"summer\" already"));
  auto merged = merge_answers(sample(), added, SameNames::replace);
  ASSERT_TRUE(merged);
  EXPECT_EQ(merged->definitions.size(), 3u);
  EXPECT_EQ(merged->definitions[0].response_text, "new") << "in the place of the old one";
  EXPECT_EQ(order(*merged), "CsQ");
  EXPECT_EQ(merged->header_triggers.size(), 2u);
}

TEST(MoveRule, PutsItBeforeAnotherOrAtAPlace) {  // USR-108
  EXPECT_EQ(order(move_rule_before(sample(), "questions", "Colleagues").value()), "QCS");
  EXPECT_EQ(order(move_rule_before(sample(), "Colleagues", "Questions").value()), "SCQ");
  EXPECT_EQ(order(move_rule_before(sample(), "Summer", "summer").value()), "CSQ");
  EXPECT_EQ(order(move_rule_to(sample(), "Colleagues", 3).value()), "SQC");
  EXPECT_EQ(order(move_rule_to(sample(), "Questions", 1).value()), "QCS");
  EXPECT_EQ(order(move_rule_to(sample(), "Summer", 2).value()), "CSQ");
  EXPECT_FALSE(move_rule_before(sample(), "gone", "Summer"));
  EXPECT_FALSE(move_rule_before(sample(), "Summer", "gone"));
  EXPECT_FALSE(move_rule_to(sample(), "gone", 1));
  EXPECT_FALSE(move_rule_to(sample(), "Summer", 0));
  EXPECT_FALSE(move_rule_to(sample(), "Summer", 4));
}

}  // namespace
}  // namespace stagecoach
