// [[sender]] and what header fields cause: what is read, refused, and shown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conf/difference.h"
#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

constexpr const char* k_start =
    "[local]\ndomains = [\"example.com\"]\n[[connection]]\nname = \"main\"\n[[schedule]]\nconnections = "
    "\"main\"\n"
    "[[service]]\nname = \"mx\"\nlisten = \"*:25\"\n";  // nine lines

ReadConfig read(const std::string& text) { return read_config_text(k_start + text); }

/// Without those about settings that wait for what they are for.
std::string problems(const std::string& text) {
  std::string result;
  for (const Problem& problem : read(text).problems)
    if (const std::string line = problem.text(); line.find("no effect yet") == std::string::npos)
      result += (result.empty() ? "" : "\n") + line;
  return result;
}

const std::string k_sender = "[[sender]]\nconnection = \"main\"\nkind = \"direct\"\n";

const struct {
  const char* text;
  const char* problem;
} k_problems[] = {
    {"domain_filtering = \"\"\"\nskip: size > 50kB\nattempt: all\"\"\"", ""},
    {"domain_filtering = \"\"\"\nskip: all\nsend: all\"\"\"",
     "stagecoach.toml:13: sender.main.advanced.domain_filtering: line 2: a rule begins with \"attempt:\" or "
     "\"skip:\""},
    {"dns_overrides = [\"# all\", \"* us:pw@relay.example:26 $retries>=5 $end\"]", ""},
    {"dns_overrides = \"* a\\n* b\"", ""},
    {"dns_overrides = [\"* us:pw@relay.example:26 $foo\"]",
     "stagecoach.toml:13: sender.main.dns_overrides: \"* us:***@relay.example:26 $foo\" is no DNS "
     "override: "
     "$foo: is no condition or option: $retries, $size, $authsender, $from, $dnsmx:, $end, $adddns, "
     "$priority: "
     "are"},
    {"dns_servers = \"192.0.2.1, [2001:db8::1]:53\"", ""},
    {"dns_servers = [\"ns.example\"]",
     "stagecoach.toml:13: sender.main.dns_servers: \"ns.example\" is no address or address:port"},
    {"return_path = { mode = \"always\", address = \"bounce@example.com\" }", ""},
    {"return_path.mode = \"always\"", "stagecoach.toml:10: sender.main.return_path.address: is missing"},
    {"return_path.mode = \"never\"",
     "stagecoach.toml:13: sender.main.return_path.mode: \"never\" is none of default, always, "
     "if_not_local"},
    {"return_path.address = \"a@b.example\"",
     "stagecoach.toml:13: sender.main.return_path.address: warning: has no effect with mode default"},
    {"return_path.null_replacement = \"a@b.example\"",
     "stagecoach.toml:13: sender.main.return_path.null_replacement: warning: is not local: bounces of "
     "bounces can "
     "go round without end"},
    {"[header_modifiers]\nlines = [\"X-A: %O\", \"X-B:\"]", ""},
    {"[header_modifiers]\nlines = [\"X A\"]",
     "stagecoach.toml:14: header_modifiers.lines: \"X A\" is no \"Field: data\""},
    {"[urgent]\nfields = [\"X-Priority\"]",
     "stagecoach.toml:14: urgent.fields: \"X-Priority\" is no \"Field:data\""},
    {"[receipts]\ntransmission_fields = \"X Y\"",
     "stagecoach.toml:14: receipts.transmission_fields: \"X Y\" is no name of a header field"},
};

TEST(SenderSettings, RefusesWhatCannotBe) {
  for (const auto& [text, problem] : k_problems) EXPECT_EQ(problems(k_sender + text + "\n"), problem) << text;
}

TEST(SenderSettings, AreRead) {
  const std::string text =
      k_sender +
      "dns_overrides = \"\"\"\n* a\n\n* b\"\"\"\n[sender.return_path]\nmode = \"if_not_local\"\n"
      "address = \"b@example.com\"\n[urgent]\nconnect_immediately = true\n"
      "[receipts]\ndelivery_fields = []\ntransmission_fields = [\"From\"]\n";
  EXPECT_EQ(problems(text), "");
  const Config config = read(text).config;
  EXPECT_EQ(config.senders.at(0).direct.dns_overrides, (std::vector<std::string>{"* a", "* b"}));
  EXPECT_EQ(config.senders.at(0).return_path.rule().mode, ReturnPathMode::if_not_local);
  EXPECT_EQ(config.senders.at(0).return_path.rule().address, "b@example.com");
  EXPECT_TRUE(config.policy.urgent.connect_immediately);
  EXPECT_EQ(config.policy.urgent.fields.size(), 4u);  // HDR-4: the defaults
  EXPECT_TRUE(config.policy.receipts.delivery_fields.empty());
  EXPECT_EQ(config.policy.receipts.transmission_fields, std::vector<std::string>{"From"});
}

TEST(SenderSettings, WaitForRepliesAsLongAsRfc5321Asks) {  // SND-40
  const SenderTimeouts usual = read(k_sender).config.sender_timeouts;
  const struct {
    const char* name;
    std::chrono::seconds value;
    int seconds;
  } k_timeouts[] = {
      {"banner", usual.banner, 300},
      {"helo", usual.helo, 60},
      {"starttls", usual.starttls, 60},
      {"auth", usual.auth, 60},
      {"auth_login", usual.auth_login, 60},
      {"auth_crammd5", usual.auth_crammd5, 60},
      {"etrn", usual.etrn, 60},
      {"mail_from", usual.mail_from, 300},
      {"rcpt_to", usual.rcpt_to, 300},
      {"data", usual.data, 120},
      {"end_data", usual.end_data, 600},
      {"rset", usual.rset, 60},
      {"quit", usual.quit, 60},
      {"abort", usual.abort, 60},
  };
  for (const auto& [name, value, seconds] : k_timeouts) EXPECT_EQ(value.count(), seconds) << name;
  const std::string changed = k_sender + "[sender_timeouts]\nbanner = 7\nend_data = \"2m\"\n";
  EXPECT_EQ(problems(changed), "");
  EXPECT_EQ(read(changed).config.sender_timeouts.banner, std::chrono::seconds(7));
  EXPECT_EQ(read(changed).config.sender_timeouts.end_data, std::chrono::minutes(2));
  EXPECT_TRUE(read(k_sender + "[sender_timeouts]\netrn = 7\nabort = 7\n").problems.empty());
}

TEST(SenderSettings, KeepPasswordsOutOfDifferences) {
  const auto before = read(k_sender), after = read(k_sender + "dns_overrides = \"* us:pw@relay.example\"\n");
  std::string text;
  for (const std::string& line : describe_changes(before.config, after.config)) text += line + "\n";
  EXPECT_THAT(text, testing::HasSubstr("* us:***@relay.example"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("pw")));
}

}  // namespace
}  // namespace stagecoach::conf
