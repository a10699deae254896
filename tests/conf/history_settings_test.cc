// [history] and [summary]: what is read and what is refused.
#include <gmock/gmock.h>

#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

ReadConfig read(const std::string& text) {
  return read_config_text(
      "[server]\nhostname = \"h.example\"\ndata_dir = \"d\"\n[local]\ndomains = [\"example.com\"]\n"
      "[[user]]\nname = \"fred\"\npassword = \"{plain}x\"\n" +
      text);
}

std::string problems_of(const ReadConfig& read) {
  std::string text;
  for (const Problem& problem : read.problems)
    if (problem.key.starts_with("history") || problem.key.starts_with("summary"))
      text += problem.text() + "\n";
  return text;
}

TEST(HistorySettings, AreOnByDefault) {
  const Config config = read("").config;
  EXPECT_TRUE(config.history.enabled && config.summary.enabled && config.summary.show_idle &&
              config.summary.html && config.summary.keep_raw);
  EXPECT_FALSE(config.summary.keep_mail_log);
  EXPECT_EQ(config.history.days, 365);
}

// LOC-13 LOC-20
TEST(HistorySettings, AreCheckedWithTheirLine) {
  const struct {
    const char *text, *problems;
  } k_cases[] = {
      {"[summary]\nto = \"fred\"\nshow_idle = false\nkeep_mail_log = true\n", ""},
      {"[history]\nenabled = false\n", ""},
      {"[history]\nenabled = false\n[summary]\nenabled = false\n", ""},
      {"[history]\nenabled = false\n[summary]\nenabled = true\n",
       "stagecoach.toml:12: summary.enabled: warning: there is no summary without history.enabled\n"},
      {"[summary]\nto = \"fred@example.com\"\n",
       "stagecoach.toml:10: summary.to: is the name of a local user, not an address\n"
       "stagecoach.toml:10: summary.to: warning: no user fred@example.com is declared here; the database "
       "must "
       "have one\n"},
      {"[summary]\nto = \"nobody\"\n",
       "stagecoach.toml:10: summary.to: warning: no user nobody is declared here; the database must have "
       "one\n"},
      {"[history]\ndays = 0\n", "stagecoach.toml:10: history.days: 0 is not between 1 and 36500\n"},
  };
  for (const auto& [text, problems] : k_cases) {
    EXPECT_EQ(problems_of(read(text)), problems) << text;
  }
}

}  // namespace
}  // namespace stagecoach::conf
