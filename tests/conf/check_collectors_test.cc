#include <gtest/gtest.h>

#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

/// What read_config says of collectors, connections and time-outs, a line each; "?" marks warnings.
std::string problems_of(const std::string& text) {
  const std::string base =
      "[server]\nhostname = \"mail.example.com\"\n[local]\ndomains = [\"example.com\"]\n";
  std::string result;
  for (const Problem& problem : read_config_text(base + text).problems)
    if (problem.key.starts_with("collector") || problem.key.starts_with("connection") ||
        problem.key.starts_with("sender_timeouts"))
      result += std::string(problem.severity == Problem::Severity::warning ? "? " : "") + problem.key + ": " +
                problem.message + "\n";
  return result;
}

std::string collector(const std::string& kind, const std::string& lines, const std::string& connection = "") {
  return "[[connection]]\nname = \"c\"\n" + connection +
         "[[collector]]\nname = \"a\"\nconnections = [\"c\"]\nkind = \"" + kind + "\"\n" + lines;
}

struct Case {
  std::string text, problems;
};
void expect_all(const std::vector<Case>& cases) {
  for (const Case& one : cases) EXPECT_EQ(problems_of(one.text), one.problems) << one.text;
}

TEST(CheckCollectors, Feeds) {  // COL-1 COL-97 COL-98 REF-022
  const std::string etrn = "use_etrn = true\netrn_server = \"isp.example\"\n";
  const std::string by_command = "kind = \"command\"\nup_command = [\"true\"]\n";
  expect_all({
      {collector("smtp_feed", etrn + "etrn_parameters = \"example.com\"\n"), ""},
      {collector("smtp_feed", etrn),
       "collector.a.feed.etrn_parameters: is missing: usually the domain whose "
       "mail is wanted\n"},
      {collector("smtp_feed", "use_etrn = true\netrn_parameters = \"x\"\n"),
       "collector.a.feed.etrn_server: is missing\n"},
      {collector("smtp_feed", ""),
       "? collector.a.feed.use_etrn: is off, and no link has to be kept up for "
       "incoming mail: the collector does nothing\n"},
      {collector("smtp_feed", "wait_seconds = 0\n", by_command),
       "? collector.a.feed.use_etrn: is off, and no link has to be kept up for incoming mail: the collector "
       "does nothing\n"},
      {collector("smtp_feed", "", by_command), ""},
      {collector("smtp_feed", "etrn_server = \"isp.example\"\n", by_command),
       "? collector.a.feed.etrn_server: has no effect without use_etrn\n"},
      {"[sender_timeouts]\netrn = 5\n", ""},
  });
}

TEST(CheckCollectors, Odmr) {  // COL-99 REF-023
  const std::string account = "host = \"isp.example\"\nusername = \"u\"\npassword = \"p\"\n";
  std::string many = "domains = [\"a0.example\"";
  for (int i = 1; i < 60; ++i) many += ", \"a" + std::to_string(i) + ".example\"";
  expect_all({
      {collector("odmr", account), ""},
      {collector("odmr", account + "domains = [\"example.com\", \"example.org\"]\n"), ""},
      {collector("odmr", ""),
       "collector.a.pop3.host: is missing\ncollector.a.pop3.username: is "
       "missing\ncollector.a.pop3.password: is missing\n"},
      {collector("odmr", account + "auth = \"apop\"\n"),
       "collector.a.pop3.auth: is not one of SMTP: plain, cram-md5 and xoauth2 are\n"},
      {collector("odmr", account + "domains = [\"*.example.com\", \"local\"]\n"),
       "collector.a.domains: \"*.example.com\" is no domain\ncollector.a.domains: \"local\" is no domain\n"},
      {collector("odmr", account + many + "]\n"),
       "collector.a.domains: do not fit into one command; several collectors can share them\n"},
  });
}

TEST(CheckConnections, AProxyMustBeKnown) {  // CON-13
  expect_all({
      {"[[connection]]\nname = \"c\"\nuse_socks = true\n",
       "connection.c.use_socks: needs proxy.socks_address\n"},
      {"[[connection]]\nname = \"c\"\nuse_socks = true\n[proxy]\nsocks_address = \"proxy.lan\"\n", ""},
  });
}

}  // namespace
}  // namespace stagecoach::conf
