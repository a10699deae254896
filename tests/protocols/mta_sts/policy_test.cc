#include "protocols/mta_sts/policy.h"

#include <gtest/gtest.h>

namespace stagecoach::mta_sts {
namespace {

TEST(MtaStsRecord, GivesItsId) {
  struct Case {
    std::vector<std::string> texts;
    const char* id;
  } const cases[] = {
      {{"v=STSv1; id=20160831085700Z;"}, "20160831085700Z"},
      {{"v=STSv1;id=1"}, "1"},
      {{"v=STSv1; id = a1 ; future=x"}, "a1"},
      {{"v=spf1 -all", "v=STSv1; id=7"}, "7"},
      {{"v=STSv1; id=1", "v=STSv1; id=2"}, ""},  // more than one: none
      {{"v=STSv2; id=1"}, ""},
      {{"id=1; v=STSv1"}, ""},
      {{"v=STSv1; id="}, ""},
      {{"v=STSv1; id=a-b"}, ""},
      {{"v=STSv1; id=123456789012345678901234567890123"}, ""},  // 33 characters
      {{}, ""},
  };
  for (const Case& one : cases)
    EXPECT_EQ(policy_id(one.texts), one.id) << (one.texts.empty() ? "none" : one.texts.front());
}

TEST(MtaStsPolicy, IsRead) {
  const auto policy = parse_policy(
      "version: STSv1\r\nmode: enforce\r\nmx: mail.Example.com\r\nmx: *.example.net\r\nfuture: x\r\n"
      "max_age: 604800\r\n");
  ASSERT_TRUE(policy) << policy.error().text();
  EXPECT_EQ(policy->mode, Mode::enforce);
  EXPECT_EQ(policy->max_age_seconds, 604800);
  EXPECT_EQ(policy->mx, (std::vector<std::string>{"mail.example.com", "*.example.net"}));
  EXPECT_EQ(policy->lines.size(), 6u);
}

TEST(MtaStsPolicy, SaysWhatIsWrong) {
  struct Case {
    const char *text, *reason;
  } const cases[] = {
      {"", "the version is missing"},
      {"version: STSv2\nmode: none\nmax_age: 1\n", "the version is not STSv1"},
      {"version: STSv1\nmax_age: 1\nmx: a\n", "mode is missing"},
      {"version: STSv1\nmode: strict\nmax_age: 1\nmx: a\n", "mode \"strict\" is unknown"},
      {"version: STSv1\nmode: enforce\nmx: a\n", "max_age is missing"},
      {"version: STSv1\nmode: enforce\nmx: a\nmax_age: -1\n", "max_age is no number of seconds"},
      {"version: STSv1\nmode: enforce\nmx: a\nmax_age: 1d\n", "max_age is no number of seconds"},
      {"version: STSv1\nmode: testing\nmax_age: 1\n", "mx is missing"},
  };
  for (const Case& one : cases) {
    const auto policy = parse_policy(one.text);
    ASSERT_FALSE(policy) << one.text;
    EXPECT_EQ(policy.error().reason, one.reason) << one.text;
  }
  std::string many = "version: STSv1\nmode: enforce\nmax_age: 1\n";
  for (std::size_t i = 0; i <= k_hosts_max; ++i) many += "mx: a\n";
  EXPECT_FALSE(parse_policy(many));
  EXPECT_TRUE(parse_policy("version: STSv1\nmode: none\nmax_age: 99999999999\n"));
  EXPECT_EQ(parse_policy("version: STSv1\nmode: none\nmax_age: 99999999999\n")->max_age_seconds, k_age_max);
}

TEST(MtaStsPolicy, AllowsItsHosts) {
  Policy policy;
  policy.mx = {"mail.example.com", "*.example.net"};
  struct Case {
    const char* host;
    bool allowed;
  } const cases[] = {
      {"mail.example.com", true}, {"MAIL.example.com.", true},   {"mx.example.com", false},
      {"a.example.net", true},    {"a.b.example.net", false},    {"example.net", false},
      {".example.net", false},    {"a.example.net.evil", false}, {"", false},
  };
  for (const Case& one : cases) EXPECT_EQ(allows(policy, one.host), one.allowed) << one.host;
}

}  // namespace
}  // namespace stagecoach::mta_sts
