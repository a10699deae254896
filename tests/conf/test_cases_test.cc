#include "conf/test_cases.h"

#include <gtest/gtest.h>

namespace stagecoach::conf {
namespace {

TestCases read(const std::string& text) { return read_test_cases({"mail/a.test.toml", "a.test.toml", text}); }

TEST(TestCases, AreRead) {
  const TestCases cases = read(R"(
[[case]]
name = "orders go to sales"
from = "ann@remote.example"
to = ["orders@example.com", "kate@example.com"]
via = "mx"
subject = "Order 17"
headers = ["X-Tag: one"]
body = "one\ntwo"
at = "2026-08-01 08:15"
spam_score = "12.5"
[case.expect]
users = []
folders = { kate = "Orders" }
refused = 550
discard = false

[[case]]
name = "second"
expect = { users = ["fred"] }
)");
  ASSERT_EQ(cases.problems, Problems{});
  ASSERT_EQ(cases.cases.size(), 2u);
  const TestCase& test = cases.cases[0];
  EXPECT_EQ(test.name, "orders go to sales");
  EXPECT_EQ(test.where.line, 2);
  EXPECT_EQ(test.spam_score, "12.5");
  EXPECT_EQ(routing::day_text(routing::day_of(*test.moment())), "2026-08-01");
  EXPECT_EQ(test.expect.refused, "550");
  EXPECT_EQ(test.expect.given, (std::set<std::string>{"users", "folders", "refused", "discard"}));
  EXPECT_EQ(cases.cases[1].expect.given, std::set<std::string>{"users"});
  EXPECT_EQ(message_of(test),
            "From: ann@remote.example\r\nTo: orders@example.com, kate@example.com\r\nSubject: Order 17\r\n"
            "X-Tag: one\r\n\r\none\r\ntwo\r\n");
}

TEST(TestCases, KeepTheirOwnHeader) {
  TestCase test;
  test.from = "<>";
  test.to = {"a@b.example"};
  test.headers = {"TO: other@b.example", "subject: mine"};
  EXPECT_EQ(message_of(test), "TO: other@b.example\r\nsubject: mine\r\n\r\nTest.\r\n");
}

TEST(TestCases, SayWhatIsWrong) {
  const struct {
    const char* text;
    const char* problem;
  } k_texts[] = {
      {"x = = 1", "mail/a.test.toml:1: "},
      {"[[case]]\nname = \"a\"\n", "mail/a.test.toml:1: case.a.expect: is missing"},
      {"[[case]]\nexpect = { users = [] }\n", "mail/a.test.toml:1: case.name: is missing"},
      {"[[case]]\nname = \"a\"\nexpect = { user = [] }\n",
       "mail/a.test.toml:3: case.a.expect.user: is not known; do you mean users?"},
      {"[[case]]\nname = \"a\"\nat = \"soon\"\nexpect = { users = [] }\n",
       "mail/a.test.toml:3: case.a.at: \"soon\" is no date and time"},
      {"[[case]]\nname = \"a\"\nspam_score = \"x\"\nexpect = { users = [] }\n",
       "case.a.spam_score: \"x\" is no number"},
      {"[[case]]\nname = \"a\"\nheaders = [\"X\"]\nexpect = { users = [] }\n",
       "case.a.headers: \"X\" has no colon"},
  };
  for (const auto& [text, problem] : k_texts) {
    const TestCases cases = read(text);
    ASSERT_FALSE(cases.problems.empty()) << text;
    EXPECT_NE(cases.problems.front().text().find(problem), std::string::npos)
        << text << cases.problems.front().text();
  }
}

Plan example_plan() {
  Plan plan;
  Delivery inbox, work;
  inbox.user = "fred";
  work.user = "kate";
  work.folder = "Work";
  plan.deliveries = {inbox, work};
  Enqueue remote;
  remote.recipient.address = "x@y.example";
  remote.priority = 3;
  remote.hold_minutes = 10;
  remote.sender = "isp";
  plan.enqueue = {remote};
  plan.refused = {{"z@example.com", {550, "5.1.1", "No such recipient here"}}};
  plan.reasons = {{"recipients", "mapping sales", "stagecoach.toml:41", "sales -> fred"}};
  plan.log = {"office.lua:3: hello"};
  plan.list_work = {{ListWork::Kind::post, "office", "office@example.com"}};
  Generated generated;
  generated.purpose = "autoresponse";
  plan.generated = {generated};
  return plan;
}

TEST(TestCases, AreComparedWithAPlan) {
  const struct {
    const char* expect;
    const char* difference;  // empty: none
  } k_expectations[] = {
      {"users = ['Kate', 'fred']", ""},
      {"users = ['kate']", "users: expected kate, got fred, kate"},
      {"users = []", "users: expected nobody, got fred, kate"},
      {"remote = ['x@y.example']", ""},
      {"remote = []", "remote: expected nobody, got x@y.example"},
      {"queue = { 'X@y.example' = 'priority 3, hold 10, connection isp' }", ""},
      {"queue = { 'x@y.example' = 'priority 4' }",
       "queue.x@y.example: expected priority 4, got priority 3, hold 10, delete_after 0, connection isp"},
      {"queue = { 'z@y.example' = 'hold 0' }", "queue.z@y.example: expected hold 0, got no entry"},
      {"folders = { kate = 'Work' }", ""},
      {"folders = { Fred = 'INBOX' }", ""},
      {"folders = { kate = 'INBOX' }", "folders.kate: expected INBOX, got Work"},
      {"folders = { joe = 'INBOX' }", "folders.joe: expected INBOX, got no copy"},
      {"refused = '550'", ""},
      {"refused = 'No such'", ""},
      {"refused = '451'", "refused: expected 451, got 550 5.1.1 No such recipient here"},
      {"refused = 'none'", "refused: expected none, got 550 5.1.1 No such recipient here"},
      {"discard = false", ""},
      {"discard = true", "discard: expected true, got false"},
      {"generated = ['autoresponse']", ""},
      {"generated = []", "generated: expected nobody, got autoresponse"},
      {"list_work = ['post office']", ""},
      {"list_work = ['moderate office']", "list_work: expected moderate office, got post office"},
      {"reason = 'mapping sales'", ""},
      {"reason = 'mapping shop'",
       "reason: expected \"mapping shop\", got only\n    recipients: mapping sales: sales -> fred"},
      {"log = 'hello'", ""},
      {"log = 'bye'", "log: expected \"bye\", got only\n    office.lua:3: hello"},
  };
  for (const auto& [expect, difference] : k_expectations) {
    const TestCases cases = read(std::string("[[case]]\nname = 'a'\n[case.expect]\n") + expect);
    ASSERT_EQ(cases.problems, Problems{}) << expect;
    std::string text;
    for (const std::string& line : differences(cases.cases.at(0).expect, example_plan())) text += line;
    EXPECT_EQ(text, difference) << expect;
  }
  EXPECT_EQ(
      differences(read("[[case]]\nname = 'a'\nexpect = { refused = 'none', log = 'x' }").cases.at(0).expect,
                  Plan()),
      std::vector<std::string>{"log: expected \"x\", got nothing"});
}

}  // namespace
}  // namespace stagecoach::conf
