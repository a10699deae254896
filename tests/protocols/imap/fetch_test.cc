// FETCH: the matrix of sections (RFC 3501 section 6.4.5), batches, and large messages in ranges.
#include <gtest/gtest.h>

#include "tests/protocols/imap/fake_mailbox.h"

namespace stagecoach::imap {
namespace {

const std::string k_message = with_cr(
    "From: Ann <ann@b.example>\nTo: fred@example.com\nSubject: Hi\nContent-Type: multipart/mixed; "
    "boundary=b\n\n"
    "--b\nContent-Type: text/plain\n\none\n"
    "--b\nContent-Type: message/rfc822\n\nSubject: in\nX-Y: z\n\ninner\n--b--\n");

FakeMailbox mailbox(Limits limits = {}) {
  FakeMailbox fake({}, limits);
  fake.add_message("INBOX", k_message, {flag_seen, {}});
  fake.add_message("INBOX", with_cr("Subject: plain\n\nbody\n"));
  fake.send("x LOGIN fred secret\r\nx SELECT INBOX\r\n");
  return fake;
}

const struct {
  const char* items;
  const char* answer;  // what stands between "* 1 FETCH (" and ")"
} k_items[] = {
    {"UID", "UID 1"},
    {"FLAGS", "FLAGS (\\Seen)"},
    {"(FLAGS UID)", "UID 1 FLAGS (\\Seen)"},
    {"INTERNALDATE", "INTERNALDATE \"14-Nov-2023 22:13:20 +0000\""},
    {"(MODSEQ)", "MODSEQ (11)"},
    {"FAST", "FLAGS (\\Seen) INTERNALDATE \"14-Nov-2023 22:13:20 +0000\" RFC822.SIZE 219"},
    {"ENVELOPE",
     "ENVELOPE (NIL \"Hi\" ((\"Ann\" NIL \"ann\" \"b.example\")) ((\"Ann\" NIL \"ann\" \"b.example\")) "
     "((\"Ann\" NIL \"ann\" \"b.example\")) ((NIL NIL \"fred\" \"example.com\")) NIL NIL NIL NIL)"},
    {"BODY",
     "BODY ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 3 0)(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 28 "
     "(NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 0) 3) "
     "\"mixed\")"},
    {"BODYSTRUCTURE",
     "BODYSTRUCTURE ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 3 0 NIL NIL NIL NIL)(\"message\" \"rfc822\" "
     "NIL NIL NIL "
     "\"7bit\" 28 (NIL \"in\" NIL NIL NIL NIL NIL NIL NIL NIL) (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 0 "
     "NIL NIL "
     "NIL NIL) 3 NIL NIL NIL NIL) \"mixed\" (\"boundary\" \"b\") NIL NIL NIL)"},
    {"BODY[1]", "BODY[1] {3}\none"},
    {"body.peek[1]", "BODY[1] {3}\none"},
    {"BODY[1.MIME]", "BODY[1.MIME] {28}\nContent-Type: text/plain\n\n"},
    {"BODY[1.HEADER]", "BODY[1.HEADER] NIL"},
    {"BODY[2.HEADER]", "BODY[2.HEADER] {23}\nSubject: in\nX-Y: z\n\n"},
    {"BODY[2.TEXT]", "BODY[2.TEXT] {5}\ninner"},
    {"BODY[2.1]", "BODY[2.1] {5}\ninner"},
    {"BODY[2]", "BODY[2] {28}\nSubject: in\nX-Y: z\n\ninner"},
    {"BODY[2.HEADER.FIELDS (X-Y)]", "BODY[2.HEADER.FIELDS (\"X-Y\")] {10}\nX-Y: z\n\n"},
    {"BODY[3]", "BODY[3] NIL"},
    {"BODY[1]<1.5>", "BODY[1]<1> {2}\nne"},
    {"BODY[1]<9.5>", "BODY[1]<9> \"\""},
    {"BODY[HEADER.FIELDS (subject to)]",
     "BODY[HEADER.FIELDS (\"subject\" \"to\")] {37}\nTo: fred@example.com\nSubject: Hi\n\n"},
    {"BODY[HEADER.FIELDS (X)]", "BODY[HEADER.FIELDS (\"X\")] {2}\n\n"},
    {"BODY[HEADER.FIELDS.NOT (from to content-type)]",
     "BODY[HEADER.FIELDS.NOT (\"from\" \"to\" \"content-type\")] {15}\nSubject: Hi\n\n"},
    {"BODY[HEADER.FIELDS (subject)]<0.7>", "BODY[HEADER.FIELDS (\"subject\")]<0> {7}\nSubject"},
    {"(BODY[1] BODY[2.1])", "BODY[1] {3}\none BODY[2.1] {5}\ninner"},
    {"(UID BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY[1])",
     "UID 1 BODY[HEADER.FIELDS (\"SUBJECT\")] {15}\nSubject: Hi\n\n BODY[1] {3}\none"},
};

std::string fetch(FakeMailbox& fake, const std::string& items) {
  return fake.send("a FETCH 1 " + items + "\r\n");
}

TEST(ImapFetch, AnswersEveryItem) {
  Limits tiny;
  tiny.range_bytes_max = 5;  // everything with a body is streamed then
  for (const auto& [items, answer] : k_items) {
    const std::string expected = std::string("* 1 FETCH (") + answer + ")\na OK Completed\n";
    FakeMailbox whole = mailbox();
    EXPECT_EQ(fetch(whole, items), expected);
    FakeMailbox streamed = mailbox(tiny);
    EXPECT_EQ(fetch(streamed, items), expected) << "streamed";
  }
}

TEST(ImapFetch, GivesTheWholeMessage) {
  for (const std::string label : {"BODY[]", "RFC822"}) {
    for (const std::size_t range : {1U << 18, 50U}) {
      Limits limits;
      limits.range_bytes_max = range;
      FakeMailbox fake = mailbox(limits);
      std::string message = k_message;
      std::erase(message, '\r');
      EXPECT_EQ(fetch(fake, label), "* 1 FETCH (" + label + " {" + std::to_string(k_message.size()) + "}\n" +
                                        message + ")\na OK Completed\n");
    }
  }
}

TEST(ImapFetch, GivesHeaderAndTextApart) {
  FakeMailbox fake = mailbox();
  EXPECT_EQ(fake.send("a FETCH 2 (BODY.PEEK[HEADER] RFC822.HEADER BODY.PEEK[TEXT])\r\n"),
            "* 2 FETCH (BODY[HEADER] {18}\nSubject: plain\n\n RFC822.HEADER {18}\nSubject: plain\n\n "
            "BODY[TEXT] {6}\nbody\n)\n"
            "a OK Completed\n");
  fake.journal.clear();
  fake.send("a FETCH 1:2 BODY.PEEK[HEADER]\r\n");
  EXPECT_EQ(fake.journal, "begin;load 2 w8;end;");  // nothing but the headers is read
}

TEST(ImapFetch, MarksAsSeen) {
  FakeMailbox fake = mailbox();
  EXPECT_EQ(fake.send("a FETCH 2 BODY[TEXT]\r\n"),
            "* 2 FETCH (FLAGS (\\Seen) BODY[TEXT] {6}\nbody\n)\na OK Completed\n");
  EXPECT_EQ(fake.send("a FETCH 2 BODY[TEXT]\r\n"), "* 2 FETCH (BODY[TEXT] {6}\nbody\n)\na OK Completed\n");
  FakeMailbox examined = mailbox();
  examined.send("x EXAMINE INBOX\r\n");
  EXPECT_EQ(examined.send("a FETCH 2 BODY[TEXT]\r\n"),
            "* 2 FETCH (BODY[TEXT] {6}\nbody\n)\na OK Completed\n");
}

TEST(ImapFetch, ReportsWhatIsWrong) {
  const struct {
    const char* client;
    const char* server;
  } cases[] = {
      {"a FETCH 1 FOO\r\n", "a BAD Bad arguments\n"},
      {"a FETCH 1 BODY[\r\n", "a BAD Bad arguments\n"},
      {"a FETCH 1 BODY[MIME]\r\n", "a BAD Bad arguments\n"},
      {"a FETCH 1 BODY[0]\r\n", "a BAD Bad arguments\n"},
      {"a FETCH 1 BODY[1.]\r\n", "a BAD Bad arguments\n"},
      {"a FETCH 1 BODY[]<0.0>\r\n", "a BAD Bad arguments\n"},
      {"a FETCH 1 (UID\r\n", "a BAD Bad arguments\n"},
      {"a FETCH 1 (UID) x\r\n", "a BAD Bad arguments\n"},
      {"a FETCH 9 UID\r\n", "a BAD No such message\n"},
      {"a FETCH x UID\r\n", "a BAD Expected a set of messages\n"},
      {"a UID FETCH 9:* FLAGS\r\n", "* 2 FETCH (UID 2 FLAGS ())\na OK Completed\n"},
      {"a UID FETCH 9 FLAGS\r\n", "a OK Completed\n"},
      {"a FETCH 1:* (FLAGS) (CHANGEDSINCE 11)\r\n", "* 2 FETCH (FLAGS () MODSEQ (12))\na OK Completed\n"},
  };
  for (const auto& [client, server] : cases) {
    FakeMailbox fake = mailbox();
    EXPECT_EQ(fake.send(client), server) << client;
  }
}

TEST(ImapFetch, TellsThatMessagesAreGone) {
  FakeMailbox fake = mailbox();
  fake.folder("INBOX").messages.erase(fake.folder("INBOX").messages.begin());
  EXPECT_EQ(fake.send("a FETCH 1:2 BODY.PEEK[TEXT]\r\n"),
            "* 2 FETCH (BODY[TEXT] {6}\nbody\n)\na NO [EXPUNGEISSUED] Some of the messages are gone\n");
}

// IMA-12, IMA-13
TEST(ImapFetch, IsRefusedWithoutASlot) {
  FakeMailbox fake = mailbox();
  fake.fetch_refusal = limit_reached("Too many current FETCHes active");
  EXPECT_EQ(fake.send("a FETCH 1 BODY[]\r\n"), "a NO Too many current FETCHes active\n");
  EXPECT_EQ(fake.send("a FETCH 1 UID\r\n"), "* 1 FETCH (UID 1)\na OK Completed\n");
}

TEST(ImapFetch, LoadsInBatchesAndRanges) {
  FakeMailbox fake;
  for (int i = 0; i < 200; ++i) fake.add_message("INBOX", with_cr("Subject: x\n\nbody\n"), {flag_seen, {}});
  fake.add_message("INBOX", "Subject: large\r\n\r\n" + std::string(1'000'000, 'x'), {flag_seen, {}});
  fake.send("x LOGIN fred secret\r\nx SELECT INBOX\r\n");
  fake.journal.clear();
  const std::string answer = fake.send("a FETCH 1:* BODY[]\r\n");
  EXPECT_TRUE(answer.ends_with("x)\na OK Completed\n"));
  EXPECT_EQ(fake.journal,
            "begin;load 64 w16;load 64 w16;load 64 w16;load 8 w16;load 1 w4;"
            "load 1 w32;load 1 w32;load 1 w32;load 1 w32;end;");
  EXPECT_LE(fake.largest_load, 256U * 1024);
}

}  // namespace
}  // namespace stagecoach::imap
