// The small texts of IMAP: sets, folder names, patterns, dates, envelopes.
#include <gtest/gtest.h>

#include "protocols/imap/envelope.h"
#include "protocols/imap/folder_name.h"
#include "protocols/imap/internal_date.h"
#include "protocols/imap/sequence_set.h"

namespace stagecoach::imap {
namespace {

TEST(SequenceSet, ReadsAndMerges) {
  const struct {
    const char* text;
    const char* resolved;  // with 10 as the largest
  } cases[] = {{"1", "1-1"},    {"1:3,2:5", "1-5"}, {"5:2", "2-5"},       {"*", "10-10"},
               {"8:*", "8-10"}, {"20:*", "10-20"},  {"3,1", "1-1 3-3"},   {"1,2,3", "1-3"},
               {"", "bad"},     {"0", "bad"},       {"1:", "bad"},        {"1,,2", "bad"},
               {"a", "bad"},    {"1:2:3", "bad"},   {"4294967295", "bad"}};
  for (const auto& [text, resolved] : cases) {
    const auto set = SequenceSet::parse(text);
    std::string shown;
    if (set)
      for (const auto& range : set->resolved(10))
        shown += (shown.empty() ? "" : " ") + std::to_string(range.first) + "-" + std::to_string(range.last);
    EXPECT_EQ(set ? shown : "bad", resolved) << text;
  }
  EXPECT_EQ(SequenceSet::of({1, 2, 3, 7, 9, 10}).text(), "1:3,7,9:10");
}

TEST(FolderName, TranslatesModifiedUtf7) {
  const struct {
    const char* utf8;
    const char* wire;
  } cases[] = {{"INBOX", "INBOX"},
               {"Tom & Jerry", "Tom &- Jerry"},
               {"~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"},
               {"\U0001F600", "&2D3eAA-"},
               {"Entw\u00fcrfe", "Entw&APw-rfe"}};
  for (const auto& [utf8, wire] : cases) {
    EXPECT_EQ(to_utf7(utf8), wire);
    EXPECT_EQ(from_utf7(wire), utf8);
  }
  for (const char* bad : {"&", "&AP", "&A-", "&!!-", "&2D0-", "\xe9"}) EXPECT_FALSE(from_utf7(bad)) << bad;
}

TEST(FolderName, ChecksNames) {
  EXPECT_EQ(parse_folder_name("inbox"), "INBOX");
  EXPECT_EQ(parse_folder_name("Inbox/a/"), "INBOX/a");
  EXPECT_EQ(parse_folder_name("inboxes"), "inboxes");
  for (const char* bad : {"", "/", "/a", "a//b", "a\x01"}) EXPECT_FALSE(parse_folder_name(bad)) << bad;
}

TEST(FolderName, MatchesPatterns) {
  const struct {
    const char* pattern;
    const char* name;
    bool matches;
  } cases[] = {{"*", "a/b", true},   {"%", "a", true},         {"%", "a/b", false},
               {"a/%", "a/b", true}, {"a/%", "a/b/c", false},  {"a*", "a/b/c", true},
               {"%/%", "a/b", true}, {"inbox", "INBOX", true}, {"INBOX/x", "INBOX/X", false},
               {"a", "A", false},    {"", "", true},           {"*b*", "abc", true},
               {"%c", "a/c", false}, {"**", "", true},         {"a%b", "ab", true}};
  for (const auto& [pattern, name, expected] : cases)
    EXPECT_EQ(matches_pattern(pattern, name), expected) << pattern << name;
}

TEST(InternalDate, ReadsAndWrites) {
  const auto date = parse_internal_date("17-Jul-1996 02:44:25 -0700");
  ASSERT_TRUE(date);
  EXPECT_EQ(format_internal_date(date->time.time_since_epoch().count()), "17-Jul-1996 09:44:25 +0000");
  EXPECT_TRUE(parse_internal_date(" 7-Jul-1996 02:44:25 +0200"));
  for (const char* bad : {"", "17-Jul-1996", "17 Jul 1996 02:44:25 -0700", "32-Jul-1996 02:44:25 -0700",
                          "17-Jul-1996 02:44:25", "17-Jul-1996 02:44:25 x0700"})
    EXPECT_FALSE(parse_internal_date(bad)) << bad;
  EXPECT_FALSE(parse_search_date("Feb-1-2024"));
}

TEST(Envelope, WritesWhatClientsExpect) {
  const auto structure = mime::scan_structure(
      "Date: x\r\nSubject: \"quoted\" \xe9\r\nFrom: Fred <fred@example.com>\r\nTo: Group: a@b.example;, "
      "root\r\n\r\n");
  EXPECT_EQ(envelope_text(structure.envelope),
            "(\"x\" {10}\r\n\"quoted\" \xe9 ((\"Fred\" NIL \"fred\" \"example.com\")) "
            "((\"Fred\" NIL \"fred\" \"example.com\")) ((\"Fred\" NIL \"fred\" \"example.com\")) "
            "((NIL NIL \"Group\" NIL)(NIL NIL \"a\" \"b.example\")(NIL NIL NIL NIL)(NIL NIL \"root\" \"\")) "
            "NIL NIL NIL "
            "NIL)");
}

TEST(Envelope, ShortensTheBodyStructure) {
  const auto structure = mime::scan_structure(
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/png; "
      "name=\"a)(\\\"\xe9\"\r\n"
      "Content-Disposition: inline; filename=x\r\nContent-Language: de, en\r\nContent-Location: "
      "here\r\n\r\nPNG\r\n--b--\r\n");
  EXPECT_EQ(bodystructure_text(structure),
            "((\"image\" \"png\" (\"name\" {5}\r\na)(\"\xe9) NIL NIL \"7bit\" 3 NIL (\"inline\" "
            "(\"filename\" \"x\")) "
            "(\"de\" \"en\") \"here\") \"mixed\" (\"boundary\" \"b\") NIL NIL NIL)");
  EXPECT_EQ(body_text(bodystructure_text(structure)),
            "((\"image\" \"png\" (\"name\" {5}\r\na)(\"\xe9) NIL NIL \"7bit\" 3) \"mixed\")");
}

}  // namespace
}  // namespace stagecoach::imap
