#include "conf/sending_cases.h"

#include <gtest/gtest.h>

#include "conf/test_cases.h"

namespace stagecoach::conf {
namespace {

TestCases read(const std::string& text) { return read_test_cases({"mail/a.test.toml", "a.test.toml", text}); }

TEST(SendingCases, AreRead) {
  const TestCases cases = read(R"(
[[case]]
name = "a message"
expect = { users = [] }

[[sending]]
name = "remote.example has a port of its own"
server = "mx.remote.example"
domain = "remote.example"
from = "fred@example.com"
to = ["bob@remote.example"]
connection = "main"
expect = { port = 26, skip = false }
)");
  ASSERT_EQ(cases.problems, Problems{});
  ASSERT_EQ(cases.sending.size(), 1u);
  const SendingCase& test = cases.sending[0];
  EXPECT_EQ(test.where.line, 6);
  EXPECT_EQ(test.script, "mxout");
  EXPECT_EQ(test.to, std::vector<std::string>{"bob@remote.example"});
  EXPECT_EQ(test.expect.given, (std::set<std::string>{"port", "skip"}));
}

TEST(SendingCases, SayWhatIsWrong) {
  const struct {
    const char* text;
    const char* problem;
  } k_texts[] = {
      {"[[sending]]\nname = \"a\"\n", "mail/a.test.toml:1: sending.a.expect: is missing"},
      {"[[sending]]\nname = \"a\"\nscript = \"mx\"\nexpect = { port = 1 }\n",
       "mail/a.test.toml:1: sending.a.script: is mxout or relayout"},
      {"[[sending]]\nname = \"a\"\nexpect = { ports = 1 }\n",
       "sending.a.expect.ports: is not known; do you mean port?"},
  };
  for (const auto& [text, problem] : k_texts) {
    const TestCases cases = read(text);
    ASSERT_FALSE(cases.problems.empty()) << text;
    EXPECT_NE(cases.problems.front().text().find(problem), std::string::npos)
        << text << cases.problems.front().text();
  }
}

TEST(SendingCases, AreComparedWithAnswers) {
  SendingAnswers answers;
  answers.details.port = 26;
  answers.details.tls = routing::SendingTls::required;
  answers.details.helo = "mail.example.com";
  answers.limits = {1, 2, 3};
  answers.return_path = "a@b.example";
  const struct {
    const char* expect;
    const char* difference;
  } k_expectations[] = {
      {"port = 26", ""},
      {"port = 25", "port: expected 25, got 26"},
      {"skip = false", ""},
      {"skip = true", "skip: expected true, got false"},
      {"tls = 'required'", ""},
      {"tls = 'none'", "tls: expected \"none\", got \"required\""},
      {"helo = 'mail.example.com'", ""},
      {"username = 'fred'", "username: expected \"fred\", got as set"},
      {"password = 'x'", "password: expected \"x\", got as set"},
      {"bind_address = '::1'", "bind_address: expected \"::1\", got as set"},
      {"return_path = 'a@b.example'", ""},
      {"return_path = ''", "return_path: expected \"\", got \"a@b.example\""},
      {"max_messages_per_connection = 1", ""},
      {"max_recipients_per_connection = 1", "max_recipients_per_connection: expected 1, got 2"},
      {"max_recipients_per_message = 0", "max_recipients_per_message: expected 0, got 3"},
  };
  for (const auto& [expect, difference] : k_expectations) {
    const TestCases cases = read(std::string("[[sending]]\nname = 'a'\n[sending.expect]\n") + expect);
    ASSERT_EQ(cases.problems, Problems{}) << expect;
    std::string text;
    for (const std::string& line : differences(cases.sending.at(0).expect, answers)) text += line;
    EXPECT_EQ(text, difference) << expect;
  }
}

}  // namespace
}  // namespace stagecoach::conf
