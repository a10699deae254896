#include <gtest/gtest.h>

#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

std::string problems(const std::string& lines) {
  const std::string text =
      "[[connection]]\nname = \"c\"\n[[collector]]\nname = \"a\"\nconnections = [\"c\"]\nkind = \"imap\"\n"
      "host = \"h\"\nusername = \"u\"\nmethod = \"single_user\"\ntarget_user = \"fred\"\n" +
      lines + "\n[[user]]\nname = \"fred\"\n";
  std::string found;
  for (const Problem& problem : read_config_text(text).problems)
    if (problem.key.starts_with("collector")) found += problem.key + ": " + problem.message + "\n";
  return found;
}

TEST(CheckImapCollector, SaysWhatCannotWork) {
  const struct {
    std::string lines, problems;
  } k_cases[] = {
      {"password = \"p\"", ""},
      {"password = \"p\"\nfolders = [\"INBOX\", \"Lists*\"]\nidle = true\nmove_to = \"Done\"", ""},
      {"", "collector.a.pop3.password: is missing\n"},
      {"auth = \"xoauth2\"", "collector.a.oauth.token_url: is missing: auth is xoauth2\n"},
      {"auth = \"xoauth2\"\noauth = { token_url = \"https://h/t\", client_id = \"c\", refresh_token = \"r\" "
       "}",
       ""},
      {"password = \"p\"\nauth = \"apop\"",
       "collector.a.pop3.auth: is not one of IMAP: plain, cram-md5 and xoauth2 are\n"},
      {"password = \"p\"\nfolders = []", "collector.a.imap.folders: is empty: nothing is fetched\n"},
      {"password = \"p\"\nfolders = [\"\"]", "collector.a.imap.folders: a name is empty\n"},
      {"password = \"p\"\nmove_to = \"INBOX\"",
       "collector.a.imap.move_to: is one of the folders that are looked at\n"},
      {"password = \"p\"\nmove_to = \"Done*\"", "collector.a.imap.move_to: is no name of a single folder\n"},
      {"password = \"p\"\nfolders = [\"*\"]\nidle = true",
       "collector.a.imap.idle: needs a single folder as the first of `folders`, without \"*\"\n"},
  };
  for (const auto& [lines, expected] : k_cases) EXPECT_EQ(problems(lines), expected) << lines;
}

}  // namespace
}  // namespace stagecoach::conf
