#include <gtest/gtest.h>

#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

/// What read_config says of the sections that this is about, a line each; "?" marks warnings.
std::string problems_of(const std::string& text) {
  const std::string base =
      "[server]\nhostname = \"mail.example.com\"\n[local]\ndomains = [\"example.com\"]\n"
      "[[connection]]\nname = \"c\"\n";
  std::string result;
  for (const Problem& problem : read_config_text(base + text).problems)
    if (!problem.key.empty() && problem.key != "schedule" && problem.key.rfind("service", 0) != 0)
      result += std::string(problem.severity == Problem::Severity::warning ? "? " : "") + problem.key + ": " +
                problem.message + "\n";
  return result;
}

struct Case {
  std::string text, problems;
};
void expect_all(const std::vector<Case>& cases) {
  for (const Case& one : cases) EXPECT_EQ(problems_of(one.text), one.problems) << one.text;
}

TEST(CheckCombinations, Connections) {
  const std::string blanks =
      "is one word with blanks: a program and each of its arguments are texts of their own\n";
  expect_all({
      {"connected_command = [\"logger\", \"a b\"]\n", ""},
      {"connected_command = \"logger up\"\n", "? connection.c.connected_command: " + blanks},
      {"kind = \"command\"\nup_command = \"nmcli up\"\n", "? connection.c.up_command: " + blanks},
      {"kind = \"command\"\nup_command = \"up\"\nreuse_interfaces = [\"wg0\"]\n", ""},
      {"reuse_interfaces = [\"wg0\"]\n",
       "? connection.c.reuse_interfaces: has no effect with kind network\n"},
  });
}

TEST(CheckCombinations, Schedule) {
  const std::string item = "[[schedule]]\nname = \"s\"\n";
  expect_all({
      {item + "every = 5\nfrom = \"0:00\"\n", ""},
      {item + "at = \"9:00\"\n", ""},
      {item + "once = true\nat = \"0:00\"\n", ""},
      {item + "at = \"9:00\"\nevery = 5\n", "schedule.s.at: an item is either repeated or once a day\n"},
      {item + "once = true\n", "schedule.s.once: needs `at`, the time of day\n"},
      {item + "at = \"9:00\"\nto = \"9:00\"\n", "? schedule.s.to: has no effect: the item runs once a day\n"},
      {item + "connections = [\"deny\"]\n", ""},
      {item + "connections = [\"c\", \"deny\"]\n",
       "? schedule.s.connections: names deny: the item runs nothing, whatever else it names\n"},
      {"default = false\n" + item, "? schedule.s.connections: no connection is a default one\n"},
      {"[[schedule]]\nat = \"9:00\"\nevery = 5\n", "schedule.at: an item is either repeated or once a day\n"},
  });
}

TEST(CheckCombinations, AnItemAtMidnightRunsOnceADay) {  // CON-23
  const auto items = read_config_text(
                         "[[connection]]\nname = \"c\"\n[[schedule]]\nat = \"0:00\"\n"
                         "[[schedule]]\nat = \"00:00\"\nevery = 0\n[[schedule]]\n")
                         .config.schedules;
  ASSERT_EQ(items.size(), 3u);
  EXPECT_TRUE(items[0].once);
  EXPECT_TRUE(items[1].once);
  EXPECT_FALSE(items[2].once);
}

TEST(CheckCombinations, ImmediateSending) {
  const std::string immediately = "[schedule_options]\nsend_immediately_connections = [\"c\"]\n";
  const std::string sender = "[[sender]]\nconnection = \"c\"\nservers = [\"relay.example\"]\n";
  expect_all({
      {immediately + sender, ""},
      {immediately, "? schedule_options.send_immediately_connections: c has no sender\n"},
      {"kind = \"command\"\nup_command = \"up\"\n" + immediately + sender,
       "? schedule_options.send_immediately_connections: the link of c is made for runs: nothing is sent "
       "immediately over it\n"},
  });
}

TEST(CheckCombinations, Senders) {
  const std::string sender = "[[sender]]\nconnection = \"c\"\n";
  const std::string relay = sender + "servers = [\"relay.example\"]\n",
                    direct = sender + "kind = \"direct\"\n";
  expect_all({
      {relay + "username = \"u\"\npassword = \"p\"\n", ""},
      {relay + "password = \"p\"\n", "? sender.c.relay.password: has no effect without a user name\n"},
      {relay + "username = \"u\"\n", "? sender.c.relay.password: is missing: the log-in has an empty one\n"},
      {relay + "threads = 5\n", "? sender.c.direct.threads: has no effect with kind relay\n"},
      {direct + "threads = 5\nencryption = \"none\"\n", ""},
      {direct + "servers = [\"relay.example\"]\nauth_method = \"plain\"\n",
       "? sender.c.relay.servers: has no effect with kind direct\n"
       "? sender.c.relay.auth_method: has no effect with kind direct\n"},
      {relay + "max_messages = 5\nmax_messages_minutes = 1\n", ""},
      {relay + "max_messages = 5\n",
       "? sender.c.limits.max_messages: has no effect without limits.max_messages_minutes\n"},
      {relay + "max_recipients_minutes = 5\n",
       "? sender.c.limits.max_recipients_minutes: has no effect without limits.max_recipients\n"},
      {relay + "ehlo_name = \"out.example.com\"\n", ""},
      {relay + "ehlo_name = \"[192.0.2.1]\"\n", ""},
      {relay + "ehlo_name = \"my host\"\n", "sender.c.advanced.ehlo_name: is no host name\n"},
      {relay + "ehlo_name = \"[a\\r\\nb]\"\n", "sender.c.advanced.ehlo_name: is no host name\n"},
      {relay + "warn_hours = 72\n",
       "? sender.c.advanced.warn_hours: is not below max_retry_hours: nobody is ever warned\n"},
      {sender + "servers = [\"fe80::1%eth0\", \"::1\", \"[::1]:25\"]\n", ""},
      {sender + "servers = [\"relay.example:25:25\"]\n",
       "sender.c.relay.servers: \"relay.example:25:25\" is no host or host:port\n"},
  });
}

TEST(CheckCombinations, Collectors) {
  const auto collector = [](const std::string& name, const std::string& lines) {
    return "[[collector]]\nname = \"" + name +
           "\"\nconnections = [\"c\"]\nusername = \"u\"\npassword = \"p\"\nmethod = \"single_user\"\n"
           "target_user = \"fred\"\n" +
           lines;
  };
  const std::string user = "[[user]]\nname = \"fred\"\n";
  expect_all({
      {collector("a", "host = \"h\"\n") + user, ""},
      {collector("a", "host = \"h\"\nkind = \"imap\"\nfolders = [\"INBOX\", \"Lists\"]\n") + user, ""},
      {collector("a", "host = \"h\"\nbounce_max_spam_score = 5\n") + user,
       "? collector.a.routing.bounce_max_spam_score: is read, but has no effect yet\n"},
      {collector("a", "host = \"h\"\nfolders = [\"Lists\"]\n") + user,
       "? collector.a.imap.folders: has no effect with kind pop3\n"},
      {collector("a", "host = \"h\"\nuse_etrn = true\n") + user,
       "? collector.a.feed.use_etrn: has no effect with kind pop3\n"},
      {collector("a", "host = \"h\"\nkind = \"imap\"\ndomains = [\"example.com\"]\n") + user,
       "? collector.a.domains: has no effect with kind imap\n"},
      {collector("a", "host = \"h:110\"\nport = 995\n") + user,
       "? collector.a.pop3.port: has no effect: `host` names a port\n"},
      {collector("a", "host = \"h\"\n") + collector("b", "host = \"H\"\n") + user,
       "? collector.b.pop3.username: collector a has the same mailbox\n"},
      {collector("a", "host = \"h\"\n") + collector("b", "host = \"h\"\nkind = \"imap\"\n") +
           collector("d", "host = \"h\"\nenabled = false\n") +
           collector("e", "host = \"h\"\nkind = \"imap\"\nfolders = [\"Lists\"]\n") + user,
       ""},
  });
}

}  // namespace
}  // namespace stagecoach::conf
