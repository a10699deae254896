#include <gtest/gtest.h>

#include "conf/lan_forwards.h"
#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

/// What read_config says of LAN forwarding, a line each; "?" marks warnings.
std::string problems_of(const std::string& text) {
  const std::string base =
      "[server]\nhostname = \"mail.example.com\"\n[local]\ndomains = [\"example.com\"]\n";
  std::string result;
  for (const Problem& problem : read_config_text(base + text).problems)
    if (problem.key.starts_with("lan_"))
      result += std::to_string(problem.line) + (problem.severity == Problem::Severity::warning ? "? " : " ") +
                problem.key + ": " + problem.message + "\n";
  return result;
}

std::string rule(const std::string& addresses, const std::string& more = "",
                 const std::string& server = "a.lan") {
  return "[[lan_forward]]\nserver = \"" + server + "\"\naddresses = [" + addresses + "]\n" + more;
}

// LAN-16
TEST(CheckLan, SaysWhatIsWrong) {
  constexpr const char* k_implicit_tls =
      "port 465 wants TLS from the first byte, which LAN forwarding does not speak: take 25 or 587, with "
      "STARTTLS\n";
  const struct {
    std::string text, problems;
  } k_cases[] = {
      {rule("\"bob@lan.example\", \"*@lan.example\", \"~@lan.example\""), ""},
      {rule("\"bob@lan.example\"", "port = 465\n"), std::string("8 lan_forward.port: ") + k_implicit_tls},
      {rule("\"bob@lan.example\"", "", "a.lan:465"), std::string("6 lan_forward.server: ") + k_implicit_tls},
      {rule("\"bob@lan.example\"", "", "a b"),
       "6 lan_forward.server: \"a b\" is no host, host:port or lmtp:host\n"},
      {rule("\"bob@lan.example\"", "port = 26\n", "lmtp:a.lan"), ""},
      {rule("\"bob@lan.example\"", "port = 26\n", "a.lan:27"),
       "8? lan_forward.port: has no effect: `server` names a port\n"},
      {rule("\"bob@\""),
       "7 lan_forward.addresses: \"bob@\" is no address, address with * and ?, ~@domain or user part\n"},
      // LAN-6
      {rule("\"bob\""),
       "7 lan_forward.addresses: \"bob\" has no domain: that needs lan_forwarding.allow_bare_user\n"},
      {rule("\"bob\"") + "[lan_forwarding]\nallow_bare_user = true\n", ""},
      {rule("\"*@*\""),
       "7? lan_forward.addresses: *@* takes all mail: also what strangers send to anybody\n"},
      {rule("\"bob@lan.example\"", "rewrite = \"b*@new\"\n"),
       "8 lan_forward.rewrite: \"b*@new\" is no address and not like *@new.example\n"},
      {rule("\"bob@lan.example\"", "condition = \"isp\"\n"),
       "8 lan_forward.condition: \"isp\" is not all, pop3, smtp, and no collector\n"},
      {rule("\"bob@lan.example\"", "condition = \"smtp\"\n"), ""},
      {rule("\"*@lan.example\", \"bob@lan.example\""),
       "7? lan_forward.addresses: bob@lan.example never matches: *@lan.example comes first "
       "(stagecoach.toml:5)\n"},
      {rule("\"bob@lan.example\"") + rule("\"BOB@lan.example\"", "condition = \"pop3\"\n"),
       "10? lan_forward.addresses: BOB@lan.example never matches: bob@lan.example comes first "
       "(stagecoach.toml:5)\n"},
      {rule("\"*@lan.example\"", "condition = \"smtp\"\n") + rule("\"bob@lan.example\""), ""},
      {rule("\"*@lan.example\", \"~@lan.example\""), ""},
      {"[lan_forwarding]\nthread_rules = \"a.lan-5 b-lan:26-1\"\n", ""},
      {"[lan_forwarding]\nthread_rules = \"a.lan-5 b.lan\"\n",
       "6 lan_forwarding.thread_rules: \"b.lan\" is not like 192.168.1.1-10 or mail.lan:1025-5\n"},
      {rule("\"*@lan.example\"") + "[[lan_verification]]\nserver = \"a.lan\"\n", ""},
      {"[[lan_verification]]\nserver = \"a.lan\"\n",
       "6? lan_verification.server: no [[lan_forward]] names this server\n"},
      {rule("\"bob@lan.example\"") + "[[lan_verification]]\nserver = \"a.lan\"\n",
       "9? lan_verification.server: has no effect: no rule of this server has *, ? or ~\n"},
  };
  for (const auto& [text, problems] : k_cases) EXPECT_EQ(problems_of(text), problems) << text;
}

// LAN-15
TEST(LanForwards, ThreadRulesEndAtTheLastHyphen) {
  const auto rules = parse_thread_rules(" 192.168.1.1-10  my-mail.lan:1025-5\n[::1]:26-1 ");
  ASSERT_TRUE(rules);
  EXPECT_EQ(*rules,
            (std::vector<LanThreadRule>{{"192.168.1.1", 10}, {"my-mail.lan:1025", 5}, {"[::1]:26", 1}}));
  for (const char* bad : {"a", "a-", "-5", "a-0", "a-x", "a-99999", "a b-5", "a:b:c-5"})
    EXPECT_FALSE(parse_thread_rules(bad)) << bad;
}

// LAN-9 LAN-2
TEST(LanForwards, MakeRoutes) {
  const auto route = [](const char* server, int port, const char* user, const char* password) {
    LanForwardSettings settings;
    settings.server = server;
    settings.port = port;
    settings.username = user;
    settings.password.value = password;
    return lan_route(settings);
  };
  EXPECT_EQ(route("a.lan", 25, "", ""), "a.lan:25");
  EXPECT_EQ(route("a.lan", 587, "fred@lan.example", "p:w@1"), "fred@lan.example:p:w@1@a.lan:587");
  EXPECT_EQ(route("a.lan:26", 25, "", ""), "a.lan:26");
  EXPECT_EQ(route("[::1]", 26, "", ""), "[::1]:26");
  EXPECT_EQ(route("lmtp:a.lan", 25, "", ""), "lmtp:a.lan:24");
  EXPECT_EQ(route("lmtp:a.lan", 2003, "", ""), "lmtp:a.lan:2003");
}

// LAN-17 LAN-21
TEST(LanForwards, OnlyRulesWithWildcardsOfServersThatCanBeAskedAreVerified) {
  Config config;
  LanForwardSettings settings;
  settings.addresses = {"bob@lan.example", "*@lan.example", "~@lan.example", "b?b@lan.example"};
  settings.server = "A.lan";
  settings.port = 26;
  config.lan_forwards = {settings};
  const auto verified = [&] {
    const auto rules = lan_rules(config);
    std::string text;
    for (const auto& one : rules->rules()) text += one.verify ? "y" : "n";
    return text;
  };
  EXPECT_EQ(verified(), "nnnn");
  for (const auto& [server, asked] : {std::pair{"a.lan", "nyyy"}, std::pair{"a.lan:26", "nyyy"},
                                      std::pair{"a.lan:25", "nnnn"}, std::pair{"b.lan", "nnnn"}}) {
    config.lan_verifications = {{server}};
    EXPECT_EQ(verified(), asked) << server;
  }
}

}  // namespace
}  // namespace stagecoach::conf
