#include <gtest/gtest.h>

#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

/// What read_config says of [[dkim]], [srs] and [batv], a line each; other problems are left out.
std::string problems_of(const std::string& text) {
  const std::string base =
      "[server]\nhostname = \"mail.example.com\"\n[local]\ndomains = [\"example.com\"]\n";
  std::string result;
  for (const Problem& problem : read_config_text(base + text).problems)
    if (problem.key.starts_with("dkim") || problem.key.starts_with("srs") || problem.key.starts_with("batv"))
      result += std::to_string(problem.line) + " " + problem.key + ": " + problem.message + "\n";
  return result;
}

std::string key(const std::string& more, const std::string& selector = "s") {
  return "[[dkim]]\ndomain = \"example.com\"\nselector = \"" + selector + "\"\nkey = \"a.pem\"\n" + more;
}

TEST(CheckDkim, SaysWhatIsWrong) {
  const struct {
    std::string text;
    const char* problems;
  } k_cases[] = {
      {key(""), ""},
      {key("headers = \"X-A, X-B\"\nexpire_days = 30\ncanonicalization = \"simple/relaxed\"\n"), ""},
      {key("") + key("", "t"), ""},
      {key("") + key("", "S"), "11 dkim.selector: has a key already (stagecoach.toml:5)\n"},
      {key("active = false\n"), "9 dkim.active: no key of this domain signs\n"},
      {key("headers = [\"received\"]\n"), "9 dkim.headers: received changes on the way\n"},
      {"[[dkim]]\ndomain = \"a b\"\nselector = \"x y\"\nkey = \"k\"\n",
       "6 dkim.domain: \"a b\" is no domain\n7 dkim.selector: \"x y\" is no name in DNS\n"},
      {"[srs]\nenabled = true\n", ""},
      {"[srs]\nenabled = true\ndomain = \"elsewhere.example\"\n",
       "7 srs.domain: elsewhere.example is no local domain: bounces would not come back\n"},
      {"[srs]\ndomain = \"elsewhere.example\"\n", ""},
      {"[batv]\nenabled = true\nenforce = true\n", ""},
      {"[batv]\nenforce = true\n", "6 batv.enforce: without enabled, no bounce would have a tag\n"},
  };
  for (const auto& [text, problems] : k_cases) EXPECT_EQ(problems_of(text), problems) << text;
}

TEST(CheckDkim, AtMostFiveKeysOfADomainSign) {
  std::string text;
  for (const char* selector : {"a", "b", "c", "d", "e"}) text += key("", selector);
  EXPECT_EQ(problems_of(text), "");
  EXPECT_NE(problems_of(text + key("", "f")).find("at most 5 keys of a domain can sign"), std::string::npos);
}

TEST(CheckDkim, MissingKeysAreNamed) {
  EXPECT_NE(problems_of("[[dkim]]\ndomain = \"example.com\"\n").find("selector"), std::string::npos);
}

}  // namespace
}  // namespace stagecoach::conf
