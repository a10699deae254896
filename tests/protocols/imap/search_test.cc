// SEARCH: every key of RFC 3501 section 6.4.4, ESEARCH and MODSEQ.
#include <gtest/gtest.h>

#include "tests/protocols/imap/fake_mailbox.h"

namespace stagecoach::imap {
namespace {

FakeMailbox mailbox(Limits limits = {}) {
  FakeMailbox fake({}, limits);
  fake.add_message("INBOX", with_cr("From: Fred <fred@example.com>\nTo: ann@b.example\nSubject: Hello\n"
                                    "Date: Mon, 5 Feb 2024 23:30:00 -0500\n\nBody one\n"));
  fake.add_message(
      "INBOX",
      with_cr(
          "From: ann@b.example\nCc: kate@example.com\nSubject: =?utf-8?q?=C3=84pfel?=\nX-Tag: yes\n"
          "Date: Tue, 6 Feb 2024 10:00:00 +0100\nContent-Type: multipart/mixed; boundary=b\n\n"
          "--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nR3LDvMOfZQ==\n"
          "--b\nContent-Type: application/pdf\n\nsecretword\n--b--\n"),
      {flag_seen, {"work"}});
  fake.add_message("INBOX", with_cr("Subject: third\n\nshort\n"),
                   {flag_deleted | flag_flagged | flag_recent, {}});
  fake.folder("INBOX").messages[2].date += 86400 * 10;
  fake.send("x LOGIN fred secret\r\nx SELECT INBOX\r\n");
  return fake;
}

// REF-084
TEST(ImapSearch, KnowsEveryKey) {
  const struct {
    const char* keys;
    const char* found;
  } cases[] = {
      {"ALL", " 1 2 3"},
      {"1", " 1"},
      {"2:*", " 2 3"},
      {"UID 3", " 3"},
      {"UID 9:*", " 3"},
      {"ANSWERED", ""},
      {"SEEN", " 2"},
      {"UNSEEN", " 1 3"},
      {"DELETED", " 3"},
      {"UNDELETED", " 1 2"},
      {"FLAGGED", " 3"},
      {"UNFLAGGED UNSEEN", " 1"},
      {"DRAFT", ""},
      {"UNDRAFT", " 1 2 3"},
      {"RECENT", " 3"},
      {"NEW", " 3"},
      {"OLD", " 1 2"},
      {"UNANSWERED", " 1 2 3"},
      {"KEYWORD work", " 2"},
      {"UNKEYWORD WORK", " 1 3"},
      {"BEFORE 20-Nov-2023", " 1 2"},
      {"ON 14-Nov-2023", " 1 2"},
      {"SINCE 20-Nov-2023", " 3"},
      {"SENTON 5-Feb-2024", " 1"},
      {"SENTBEFORE \"6-Feb-2024\"", " 1"},
      {"SENTSINCE 6-Feb-2024", " 2"},
      {"LARGER 300", " 2"},
      {"SMALLER 30", " 3"},
      {"FROM fred", " 1"},
      {"FROM \"B.EXAMPLE\"", " 2"},
      {"TO ann", " 1"},
      {"CC kate", " 2"},
      {"BCC x", ""},
      {"SUBJECT hello", " 1"},
      {"CHARSET UTF-8 SUBJECT {6}\r\n\u00e4pfel", " 2"},
      {"HEADER X-Tag \"\"", " 2"},
      {"HEADER X-Tag no", ""},
      {"BODY body", " 1"},
      {"CHARSET UTF-8 BODY {7}\r\nGR\u00dcSSE", " 2"},
      {"BODY secretword", ""},
      {"TEXT third", " 3"},
      {"TEXT short", " 3"},
      {"BODY third", ""},
      {"NOT SEEN", " 1 3"},
      {"NOT SUBJECT hello", " 2 3"},
      {"OR SEEN DELETED", " 2 3"},
      {"OR FROM fred BODY short", " 1 3"},
      {"(UNSEEN (NOT DELETED))", " 1"},
      {"MODSEQ 13", " 3 (MODSEQ 13)"},
      {"MODSEQ \"/flags/\\\\draft\" all 12", " 2 3 (MODSEQ 13)"},
  };
  for (const std::size_t range : {1U << 18, 40U}) {  // with 40 bytes most bodies are searched in ranges
    Limits limits;
    limits.range_bytes_max = range;
    for (const auto& [keys, found] : cases) {
      FakeMailbox fake = mailbox(limits);
      std::string answer = fake.send(std::string("a SEARCH ") + keys + "\r\n");
      if (answer.starts_with("+ OK\n")) answer.erase(0, 5);
      EXPECT_EQ(answer, std::string("* SEARCH") + found + "\na OK Completed\n") << keys;
    }
  }
}

TEST(ImapSearch, AnswersInItsForms) {
  const struct {
    const char* client;
    const char* server;
  } cases[] = {
      {"a UID SEARCH SEEN\r\n", "* SEARCH 2\na OK Completed\n"},
      {"a SEARCH RETURN () ALL\r\n", "* ESEARCH (TAG \"a\") ALL 1:3\na OK Completed\n"},
      {"a SEARCH RETURN (MIN MAX COUNT) UNSEEN\r\n",
       "* ESEARCH (TAG \"a\") MIN 1 MAX 3 COUNT 2\na OK Completed\n"},
      {"a UID SEARCH RETURN (ALL) UNSEEN\r\n", "* ESEARCH (TAG \"a\") UID ALL 1,3\na OK Completed\n"},
      {"a SEARCH RETURN (MIN COUNT) DRAFT\r\n", "* ESEARCH (TAG \"a\") COUNT 0\na OK Completed\n"},
      {"a SEARCH RETURN (MIN) MODSEQ 11\r\n", "* ESEARCH (TAG \"a\") MIN 1 MODSEQ 11\na OK Completed\n"},
      {"a SEARCH RETURN (SAVE) ALL\r\n", "a BAD Bad search keys\n"},
      {"a SEARCH CHARSET X ALL\r\n", "a NO [BADCHARSET (US-ASCII UTF-8)] Unknown character set\n"},
      {"a SEARCH\r\n", "a BAD Bad search keys\n"},
      {"a SEARCH FOO\r\n", "a BAD Bad search keys\n"},
      {"a SEARCH (ALL\r\n", "a BAD Bad search keys\n"},
      {"a SEARCH ON 31-Feb-2024\r\n", "a BAD Bad search keys\n"},
      {"a SEARCH NOT\r\n", "a BAD Bad search keys\n"},
  };
  for (const auto& [client, server] : cases) {
    FakeMailbox fake = mailbox();
    EXPECT_EQ(fake.send(client), server) << client;
  }
}

TEST(ImapSearch, LimitsNesting) {
  FakeMailbox fake = mailbox();
  EXPECT_EQ(fake.send("a SEARCH " + std::string(5000, '(') + "ALL" + std::string(5000, ')') + "\r\n"),
            "a BAD Bad search keys\n");
}

// IMA-14
TEST(ImapSearch, IsRefusedWithoutASlot) {
  FakeMailbox fake = mailbox();
  fake.fetch_refusal = limit_reached("Too many concurrent searches - try again later");
  EXPECT_EQ(fake.send("a SEARCH BODY x\r\n"), "a NO Too many concurrent searches - try again later\n");
  EXPECT_EQ(fake.send("a SEARCH SEEN\r\n"), "* SEARCH 2\na OK Completed\n");
}

}  // namespace
}  // namespace stagecoach::imap
