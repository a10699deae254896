#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conf/difference.h"
#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

using routing::DownloadAction;
using routing::DownloadMatch;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> problems(const std::string& text, Problem::Severity severity) {
  std::vector<std::string> result;
  for (const Problem& problem : read_config_text(text).problems)
    if (problem.severity == severity && problem.text().find("download_rule") != std::string::npos)
      result.push_back(problem.text());
  return result;
}
std::vector<std::string> errors(const std::string& text) { return problems(text, Problem::Severity::error); }

constexpr const char* k_rules = R"([[download_rule]]
name = "Newsletters"
action = "copy"
targets = "fred Customers, bob@x.example"
match = "any"
conditions = [
  { type = "Subject", op = "regex", data = "/news/i" },
  { type = "Size", not = true, op = "greater_than", data = "100k" },
]

[[download_rule]]
action = "set_header_and_continue"
header_line = "X-Mark: yes"
)";

TEST(DownloadRuleSettings, AreAnOrderedList) {  // COL-21 COL-24
  const Config config = read_config_text(k_rules).config;
  EXPECT_THAT(errors(k_rules), IsEmpty());
  ASSERT_EQ(config.download_rules.size(), 2u);
  const DownloadRule& first = config.download_rules[0];
  EXPECT_EQ(first.name, "Newsletters");
  EXPECT_EQ(first.action, DownloadAction::copy);
  EXPECT_THAT(first.targets, ElementsAre("fred Customers", "bob@x.example"));  // COL-48
  EXPECT_EQ(first.match, ConditionMatch::any);
  ASSERT_EQ(first.conditions.size(), 2u);
  EXPECT_EQ(first.conditions[0].match, DownloadMatch::regex);
  EXPECT_TRUE(first.conditions[1].negated);
  EXPECT_EQ(first.where.line, 1);
  EXPECT_EQ(config.download_rules[1].match, ConditionMatch::all);
  EXPECT_EQ(config.download_rules[1].header_line, "X-Mark: yes");
}

TEST(DownloadRuleSettings, TheirOrderIsAChange) {  // COL-24
  const std::string one = "[[download_rule]]\nname = \"a\"\naction = \"ignore\"\n";
  const std::string two = "[[download_rule]]\nname = \"b\"\naction = \"reject\"\n";
  EXPECT_THAT(describe_changes(read_config_text(one + two).config, read_config_text(two + one).config),
              ::testing::Not(IsEmpty()));
}

TEST(DownloadRuleSettings, FaultsHaveFileLineAndReason) {
  const struct {
    const char* text;
    const char* error;
  } k_faults[] = {
      {"\n[[download_rule]]\nname = \"a\"\naction = \"redirect\"\n",
       "stagecoach.toml:2: download_rule.a.targets: redirect needs a target"},
      {"[[download_rule]]\naction = \"if\"\n", "stagecoach.toml:2: download_rule.action: if without endif"},
      {"[[download_rule]]\naction = \"endif\"\n",
       "stagecoach.toml:2: download_rule.action: endif without if"},
      {"[[download_rule]]\naction = \"reject\"\nconditions = [{type = \"Subject\", op = \"regex\", data = "
       "\"/(/\"}]\n",
       "stagecoach.toml:1: download_rule.conditions: "},
      {"[[download_rule]]\naction = \"reject\"\nconditions = [{type = \"Size\", op = \"less_than\", data = "
       "\"big\"}]\n",
       "stagecoach.toml:1: download_rule.conditions: Size: \"big\" is no number"},
      {"[[download_rule]]\naction = \"set_header_and_stop\"\n", "needs a line \"Name: value\""},
      {"[[download_rule]]\naction = \"fetch\"\n", "stagecoach.toml:2: download_rule"},
  };
  for (const auto& [text, error] : k_faults) {
    const auto found = errors(text);
    ASSERT_FALSE(found.empty()) << text;
    EXPECT_THAT(found.front(), HasSubstr(error)) << text;
  }
}

/// A configuration with one collector and these further lines of it.
std::string with_collector(const std::string& lines) {
  return "[[connection]]\nname = \"c\"\n[[collector]]\nname = \"a\"\nconnections = [\"c\"]\nhost = \"h\"\n"
         "username = \"u\"\npassword = \"p\"\n" +
         lines;
}

std::string first_error(const std::string& text) {
  for (const Problem& problem : read_config_text(text).problems)
    if (problem.severity == Problem::Severity::error) return problem.text();
  return {};
}

TEST(CollectorSettings, RoutingMethodsNeedTheirSettings) {
  const struct {
    const char* lines;
    const char* error;
  } k_collectors[] = {
      {"method = \"forward_smtp\"\ntarget_server = \"h\"",
       "routing.target_address: needs exactly one address"},
      {"method = \"forward_smtp\"\ntarget_address = \"a@b.example\"\ntarget_server = \"a b\"",
       "routing.target_server: is no [user:password@]host[:port]"},
      {"method = \"forward_smtp\"\ntarget_address = \"a@b.example\"\ntarget_server = \"u:p@h:587\"", ""},
      {"method = \"single_address_comment\"", ""},
      {"method = \"subject_marker\"", ""},
      {"encryption = \"none\"\nuse_download_rules = true", ""},
  };
  for (const auto& [lines, error] : k_collectors)
    EXPECT_THAT(first_error(with_collector(lines)), HasSubstr(error)) << lines;
  EXPECT_EQ(first_error(with_collector("method = \"subject_marker\"")), "");
}

TEST(CollectorSettings, AcceptedDomainsMayBeOneText) {  // COL-65
  const Config config =
      read_config_text(with_collector("accepted_domains = \"a.example; joe.*@b.example;fred@c.example\""))
          .config;
  ASSERT_EQ(config.collectors.size(), 1u);
  EXPECT_THAT(config.collectors[0].routing.accepted_domains,
              ElementsAre("a.example", "joe.*@b.example", "fred@c.example"));
}

TEST(CollectorSettings, IgnoredMailNeedsDays) {  // COL-39
  const std::string text =
      with_collector("use_download_rules = true\n") + "[[download_rule]]\naction = \"ignore\"\n";
  bool told = false;
  for (const Problem& problem : read_config_text(text).problems)
    told |= problem.key == "collector.a.pop3.leave_days";
  EXPECT_TRUE(told);
}

TEST(CollectorSettings, HaveANumberOfTheirOwn) {  // COL-6
  const std::string two = with_collector("") +
                          "[[collector]]\nname = \"b\"\nid = 9\nconnections = [\"c\"]\nhost = \"h\"\n"
                          "username = \"u\"\npassword = \"p\"\n";
  const Config config = read_config_text(two).config;
  ASSERT_EQ(config.collectors.size(), 2u);
  EXPECT_EQ(config.collectors[0].id, 1);
  EXPECT_EQ(config.collectors[1].id, 9);
  EXPECT_EQ(collector_routing(config, "b")->id, 9);
}

}  // namespace
}  // namespace stagecoach::conf
