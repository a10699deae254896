#include "protocols/imap/server_session.h"

#include <gtest/gtest.h>

#include "tests/protocols/imap/fake_mailbox.h"

namespace stagecoach::imap {
namespace {

const std::string k_plain = with_cr(
    "From: Fred <fred@example.com>\nTo: ann@b.example\nSubject: Hello\nDate: Mon, 5 Feb 2024 10:00:00 +0100\n"
    "Message-ID: <1@x>\n\nBody one\n");
const std::string k_multipart = with_cr(
    "From: Ann <ann@b.example>\nTo: fred@example.com\nSubject: =?utf-8?q?=C3=84pfel?=\n"
    "Date: Tue, 6 Feb 2024 10:00:00 +0100\nContent-Type: multipart/mixed; boundary=b\n\n"
    "--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nR3LDvMOfZQ==\n"
    "--b\nContent-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment; "
    "filename=a.pdf\n\nPDF\n--b--\n");

/// fred is logged in and has INBOX with three messages and some folders; it is selected if wanted.
FakeMailbox mailbox(bool select = true, Limits limits = {}) {
  FakeMailbox fake({.plain_login = true}, limits);
  fake.add_message("INBOX", k_plain);
  fake.add_message("INBOX", k_multipart, {flag_seen, {"work"}});
  fake.add_message("INBOX", with_cr("Subject: third\n\nshort\n"), {flag_deleted, {}});
  fake.add_folder("Sent").special_use = "\\Sent";
  fake.add_folder("lists/c++");
  fake.folder("lists/c++").subscribed = true;
  fake.send("x LOGIN fred secret\r\n");
  if (select) fake.send("x SELECT INBOX\r\n");
  return fake;
}

struct Dialog {
  const char* name;
  const char* client;
  const char* server;
};

void play(const std::vector<Dialog>& dialogs, bool select) {
  for (const auto& [name, client, server] : dialogs) {
    FakeMailbox whole = mailbox(select);
    EXPECT_EQ(whole.send(with_cr(client)), server) << name;
    FakeMailbox split = mailbox(select);
    EXPECT_EQ(split.send_byte_by_byte(with_cr(client)), server) << name << ", byte by byte";
  }
}

// IMA-01
TEST(ImapSession, AnswersCommandsOfAnyState) {
  play({{"NOOP", "a NOOP\n", "a OK Completed\n"},
        {"a bare LF ends a line", "a NOOP\n", "a OK Completed\n"},
        {"unknown", "a FOO\n", "a BAD Unknown command\n"},
        {"no tag", " NOOP\n", "* BAD Missing tag\n"},
        {"an empty line", "\n", "* BAD Missing tag\n"},
        {"no command", "a\n", "a BAD Missing command\n"},
        {"arguments", "a NOOP x\n", "a BAD Unexpected arguments\n"},
        {"LOGIN again", "a LOGIN b c\n", "a BAD Not in this state\n"},
        {"FETCH before SELECT", "a FETCH 1 FLAGS\n", "a BAD Not in this state\n"},
        {"ID", "a ID (\"name\" \"Thunder\" \"os\" NIL)\n",
         "<client name=Thunder os=>\n* ID (\"name\" \"Stagecoach\")\na OK Completed\n"},
        {"ID NIL", "a ID NIL\n", "* ID (\"name\" \"Stagecoach\")\na OK Completed\n"},
        {"NAMESPACE", "a NAMESPACE\n", "* NAMESPACE ((\"\" \"/\")) NIL NIL\na OK Completed\n"},
        {"ENABLE", "a ENABLE CONDSTORE X-NO\n", "* ENABLED CONDSTORE\na OK Completed\n"},
        {"pipelined", "a NOOP\nb NOOP\n", "a OK Completed\nb OK Completed\n"},
        {"LOGOUT", "a LOGOUT\nb NOOP\n", "* BYE Logging out\na OK Completed\n<close>"}},
       false);
}

TEST(ImapSession, ManagesFolders) {
  play({{"LIST", "a LIST \"\" *\n",
         "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\n* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent\"\n"
         "* LIST (\\Noselect \\HasChildren) \"/\" \"lists\"\n* LIST (\\HasNoChildren) \"/\" \"lists/c++\"\na "
         "OK Completed\n"},
        {"LIST %", "a LIST \"\" %\n",
         "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\n* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent\"\n"
         "* LIST (\\Noselect \\HasChildren) \"/\" \"lists\"\na OK Completed\n"},
        {"LIST reference", "a LIST lists/ %\n",
         "* LIST (\\HasNoChildren) \"/\" \"lists/c++\"\na OK Completed\n"},
        {"LIST inbox", "a LIST \"\" inbox\n", "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\na OK Completed\n"},
        {"LIST separator", "a LIST \"\" \"\"\n", "* LIST (\\Noselect) \"/\" \"\"\na OK Completed\n"},
        {"LIST special use", "a LIST (SPECIAL-USE) \"\" *\n",
         "* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent\"\na OK Completed\n"},
        {"LIST subscribed", "a LIST (SUBSCRIBED) \"\" *\n",
         "* LIST (\\HasNoChildren \\Subscribed) \"/\" \"lists/c++\"\na OK Completed\n"},
        {"LIST recursive", "a LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %\n",
         "* LIST (\\NonExistent \\HasChildren) \"/\" \"lists\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\na OK "
         "Completed\n"},
        {"LIST recursive needs subscribed", "a LIST (RECURSIVEMATCH) \"\" %\n", "a BAD Bad arguments\n"},
        {"LIST patterns", "a LIST \"\" (INBOX Sent) RETURN (CHILDREN)\n",
         "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\n* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent\"\na OK "
         "Completed\n"},
        {"LIST status", "a LIST \"\" S% RETURN (STATUS (MESSAGES))\n",
         "* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent\"\n* STATUS \"Sent\" (MESSAGES 0)\na OK Completed\n"},
        {"LSUB", "a LSUB \"\" *\n", "* LSUB () \"/\" \"lists/c++\"\na OK Completed\n"},
        {"LSUB %", "a LSUB \"\" %\n", "* LSUB (\\Noselect) \"/\" \"lists\"\na OK Completed\n"},
        {"STATUS", "a STATUS inbox (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ)\n",
         "* STATUS \"INBOX\" (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7 UNSEEN 2 HIGHESTMODSEQ 13)\na OK "
         "Completed\n"},
        {"STATUS of nothing", "a STATUS x (MESSAGES)\n", "a NO [NONEXISTENT] No such folder\n"},
        {"STATUS items", "a STATUS INBOX (FOO)\n", "a BAD Expected folder and items\n"},
        {"CREATE", "a CREATE x\nb STATUS x (MESSAGES)\n",
         "a OK Created\n* STATUS \"x\" (MESSAGES 0)\nb OK Completed\n"},
        {"CREATE with literal", "a CREATE {2}\nxy\nb STATUS {2+}\nxy (MESSAGES)\n",
         "+ OK\na OK Created\n* STATUS \"xy\" (MESSAGES 0)\nb OK Completed\n"},
        {"CREATE in UTF-7", "a CREATE &AOQ-\nb LIST \"\" &AOQ-\n",
         "a OK Created\n* LIST (\\HasNoChildren) \"/\" \"&AOQ-\"\nb OK Completed\n"},
        {"CREATE special", "a CREATE Arch (USE (\\Archive))\nb LIST \"\" Arch\n",
         "a OK Created\n* LIST (\\HasNoChildren \\Archive) \"/\" \"Arch\"\nb OK Completed\n"},
        {"CREATE INBOX", "a CREATE inbox\n", "a NO [ALREADYEXISTS] INBOX exists always\n"},
        {"CREATE twice", "a CREATE Sent\n", "a NO [ALREADYEXISTS] The folder exists\n"},
        {"CREATE bad", "a CREATE a//b\n", "a NO [CANNOT] Bad folder name\n"},
        {"DELETE", "a DELETE Sent\nb DELETE Sent\n", "a OK Deleted\nb NO [NONEXISTENT] No such folder\n"},
        {"DELETE INBOX", "a DELETE INBOX\n", "a NO [CANNOT] INBOX cannot be deleted\n"},
        {"RENAME", "a RENAME Sent Old\nb LIST \"\" Old\n",
         "a OK Renamed\n* LIST (\\HasNoChildren \\Sent) \"/\" \"Old\"\nb OK Completed\n"},
        {"SUBSCRIBE", "a SUBSCRIBE INBOX\nb UNSUBSCRIBE lists/c++\nc LSUB \"\" *\n",
         "a OK Completed\nb OK Completed\n* LSUB () \"/\" \"INBOX\"\nc OK Completed\n"}},
       false);
}

// USR-208
TEST(ImapSession, AFixedFolderIsRefusedWithNoperm) {
  FakeMailbox fake = mailbox(false);
  fake.folder("Sent").fixed = true;
  EXPECT_EQ(fake.send("a DELETE Sent\r\nb RENAME Sent Old\r\nc NOOP\r\n"),
            "a NO [NOPERM] This folder keeps its name and place\n"
            "b NO [NOPERM] This folder keeps its name and place\nc OK Completed\n");
}

// IMA-04
TEST(ImapSession, ADeletedFolderStaysSubscribed) {
  play({{"still in LSUB", "a DELETE lists/c++\nb LSUB \"\" *\nc LIST \"\" lists/*\n",
         "a OK Deleted\n* LSUB () \"/\" \"lists/c++\"\nb OK Completed\nc OK Completed\n"}},
       false);
}

TEST(ImapSession, SelectsFolders) {
  const std::string told =
      "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft work)\n* 3 EXISTS\n* 0 RECENT\n"
      "* OK [UNSEEN 1] First unseen\n";
  const std::string rest =
      "* OK [UIDVALIDITY 7] UIDs valid\n* OK [UIDNEXT 4] Next UID\n* OK [HIGHESTMODSEQ 13] Highest\n";
  const std::string select =
      told +
      "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft work \\*)] Flags that are kept\n" +
      rest + "a OK [READ-WRITE] Opened\n";
  const std::string examine =
      told + "* OK [PERMANENTFLAGS ()] Flags that are kept\n" + rest + "a OK [READ-ONLY] Opened\n";
  play({{"SELECT", "a SELECT inbox\n", select.c_str()},
        {"SELECT CONDSTORE", "a SELECT INBOX (CONDSTORE)\n", select.c_str()},
        {"EXAMINE", "a EXAMINE INBOX\nb STORE 1 FLAGS ()\n",
         (examine + "b NO [NOPERM] The folder is open for reading\n").c_str()},
        {"no such folder", "a SELECT x\nb CHECK\n",
         "a NO [NONEXISTENT] No such folder\nb BAD Not in this state\n"}},
       false);
  play({{"a failed SELECT closes the folder", "a SELECT x\nb CHECK\n",
         "a NO [NONEXISTENT] No such folder\nb BAD Not in this state\n"},
        {"CHECK", "a CHECK\n", "a OK Completed\n"},
        {"UNSELECT", "a UNSELECT\nb CHECK\n", "a OK Unselected\nb BAD Not in this state\n"},
        {"CLOSE expunges silently", "a CLOSE\nb STATUS INBOX (MESSAGES)\n",
         "a OK Closed\n* STATUS \"INBOX\" (MESSAGES 2)\nb OK Completed\n"},
        {"EXPUNGE", "a EXPUNGE\n", "* 3 EXPUNGE\na OK Completed\n"},
        {"UID EXPUNGE of others", "a UID EXPUNGE 1:2\n", "a OK Completed\n"},
        {"UID EXPUNGE", "a UID EXPUNGE 3\nb NOOP\n", "* 3 EXPUNGE\na OK Completed\nb OK Completed\n"}},
       true);
}

TEST(ImapSession, StoresFlags) {
  play({{"add", "a STORE 1 +FLAGS (\\Flagged)\n", "* 1 FETCH (FLAGS (\\Flagged))\na OK Completed\n"},
        {"remove", "a STORE 2 -FLAGS \\Seen\n", "* 2 FETCH (FLAGS (work))\na OK Completed\n"},
        {"replace", "a STORE 2:3 FLAGS (\\Draft)\n",
         "* 2 FETCH (FLAGS (\\Draft))\n* 3 FETCH (FLAGS (\\Draft))\na OK Completed\n"},
        {"silent", "a STORE 1 +FLAGS.SILENT (\\Seen)\n", "a OK Completed\n"},
        {"by UID", "a UID STORE 1 +FLAGS ($Todo)\n",
         "* 1 FETCH (UID 1 FLAGS ($Todo))\n* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft work "
         "$Todo)\na OK Completed\n"},
        {"unknown UID", "a UID STORE 99 +FLAGS (\\Seen)\n", "a OK Completed\n"},
        {"unknown number", "a STORE 99 +FLAGS (\\Seen)\n", "a BAD No such message\n"},
        {"recent", "a STORE 1 +FLAGS (\\Recent)\n", "a BAD Bad arguments\n"},
        {"unchanged since", "a STORE 1:2 (UNCHANGEDSINCE 11) +FLAGS (\\Seen)\n",
         "* 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (14))\na OK [MODIFIED 2] Some messages had changed\n"},
        {"zero", "a STORE 0 FLAGS ()\n", "a BAD Expected a set of messages\n"}},
       true);
}

TEST(ImapSession, CopiesAndMoves) {
  play({{"COPY", "a COPY 1:2 Sent\n", "a OK [COPYUID 7 1:2 1:2] Completed\n"},
        {"UID COPY", "a UID COPY 3 Sent\n", "a OK [COPYUID 7 3 1] Completed\n"},
        {"no target", "a COPY 1 x\n", "a NO [TRYCREATE] No such folder\n"},
        {"MOVE", "a MOVE 1,3 Sent\nb NOOP\n",
         "* OK [COPYUID 7 1,3 1:2] Moved\n* 3 EXPUNGE\n* 1 EXPUNGE\na OK Completed\nb OK Completed\n"},
        {"UID MOVE of nothing", "a UID MOVE 9 Sent\n", "a OK Completed\n"}},
       true);
}

// IMA-05
TEST(ImapSession, Appends) {
  play({{"APPEND",
         "a APPEND Sent (\\Seen) \"05-Feb-2024 10:00:00 +0100\" {5}\nhello\nb SELECT Sent\nc FETCH 1 (FLAGS "
         "INTERNALDATE RFC822.SIZE)\n",
         "+ OK\na OK [APPENDUID 7 1] Completed\n* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\n* 1 "
         "EXISTS\n"
         "* 0 RECENT\n* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags that "
         "are kept\n"
         "* OK [UIDVALIDITY 7] UIDs valid\n* OK [UIDNEXT 2] Next UID\n* OK [HIGHESTMODSEQ 14] Highest\n"
         "b OK [READ-WRITE] Opened\n"
         "* 1 FETCH (FLAGS (\\Seen) INTERNALDATE \"05-Feb-2024 09:00:00 +0000\" RFC822.SIZE 5)\nc OK "
         "Completed\n"},
        {"LITERAL+", "a APPEND Sent {5+}\nhello\n", "a OK [APPENDUID 7 1] Completed\n"},
        {"a literal for the name", "a APPEND {4}\nSent {5}\nhello\n",
         "+ OK\n+ OK\na OK [APPENDUID 7 1] Completed\n"},
        {"no folder", "a APPEND x {5}\n", "a NO [TRYCREATE] No such folder\n"},
        {"no folder, LITERAL+", "a APPEND x {5+}\nhello\nb NOOP\n",
         "a NO [TRYCREATE] No such folder\nb OK Completed\n"},
        {"too large", "a APPEND Sent {99999999}\nb NOOP\n",
         "a NO [TOOBIG] Message too large\nb OK Completed\n"},
        {"empty", "a APPEND Sent {0}\n", "a NO [CANNOT] Empty message\n"},
        {"text behind", "a APPEND Sent {5}\nhello x\n",
         "+ OK\n<abort>\na BAD Unexpected text behind the message\n"},
        {"no literal", "a APPEND Sent\n", "a BAD Expected folder, flags, date and a literal\n"},
        {"bad date", "a APPEND Sent \"5 Feb\" {5}\nhello\n",
         "+ OK\na BAD Expected folder, flags, date and a literal\n"}},
       false);
}

TEST(ImapSession, Idles) {
  play({{"IDLE", "a IDLE\nDONE\nb NOOP\n", "+ idling\na OK Idle ended\nb OK Completed\n"},
        {"IDLE ends with DONE only", "a IDLE\nb NOOP\n", "+ idling\na BAD Expected DONE\n"}},
       true);
}

FolderNews news_of(FakeMailbox& fake) {
  FolderNews news{.folder = fake.folder("INBOX").id};
  news.arrived.push_back({{.modseq = 20, .uid = 4, .size_bytes = 9, .flags = flag_recent}, {"new"}});
  news.changed.push_back({1, {flag_seen, {}}, 21});
  news.vanished = {2};
  return news;
}

const std::string k_news =
    "* 2 EXPUNGE\n* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft work new)\n* 3 EXISTS\n* 1 RECENT\n"
    "* 1 FETCH (UID 1 FLAGS (\\Seen))\n";

// IMA-02, IMA-06, REF-083
TEST(ImapSession, TellsNewsInIdleAtOnceAndElseWhenAllowed) {
  FakeMailbox idle = mailbox();
  idle.send("a IDLE\r\n");
  EXPECT_EQ(idle.tell(news_of(idle)), k_news);

  FakeMailbox busy = mailbox();
  EXPECT_EQ(busy.tell(news_of(busy)), "");
  EXPECT_EQ(busy.send("a FETCH 3 UID\r\n"),
            "* 3 FETCH (UID 3)\n* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft work new)\n* 4 "
            "EXISTS\n* 1 RECENT\n"
            "* 1 FETCH (UID 1 FLAGS (\\Seen))\na OK Completed\n");
  EXPECT_EQ(busy.send("b NOOP\r\n"), "* 2 EXPUNGE\nb OK Completed\n");
  EXPECT_EQ(busy.tell(news_of(busy)), "");  // told already
  EXPECT_EQ(busy.send("c NOOP\r\n"), "c OK Completed\n");
}

TEST(ImapSession, TellsItsOwnChangesOnce) {
  ServerSession session({}, {});
  session.receive("a LOGIN fred secret\r\n");
  session.authenticated(std::string("fred"));
  session.receive("b SELECT INBOX\r\n");
  FolderSnapshot snapshot{.folder = FolderId{1}, .uid_next = 2};
  snapshot.rows.push_back({.uid = 1});
  session.opened(std::move(snapshot));
  const FlagChange change{1, {flag_seen, {}}, 5};
  session.receive("c STORE 1 +FLAGS.SILENT (\\Seen)\r\n");
  EXPECT_TRUE(session.news({.folder = FolderId{1}, .changed = {change}}).empty());  // before the answer
  const Events events = session.stored(StoredFlags{.changed = {change}});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(std::get<Output>(events[0]).bytes, "c OK Completed\r\n");
  EXPECT_TRUE(session.news({.folder = FolderId{1}, .changed = {change}}).empty());  // and behind it
  EXPECT_EQ(std::get<Output>(session.receive("d NOOP\r\n").at(0)).bytes, "d OK Completed\r\n");
}

TEST(ImapSession, PausesLongAnswersUntilTheOutputHasDrained) {
  ServerSession session({}, {});
  session.receive("a LOGIN fred secret\r\n");
  session.authenticated(std::string("fred"));
  session.receive("b SELECT INBOX\r\n");
  FolderSnapshot snapshot{.folder = FolderId{1}, .uid_next = 1001};
  for (std::uint32_t uid = 1; uid <= 1000; ++uid) snapshot.rows.push_back({.uid = uid});
  session.opened(std::move(snapshot));
  const Events first = session.receive("c FETCH 1:* FLAGS\r\n");
  ASSERT_EQ(first.size(), 2U);
  EXPECT_TRUE(std::get<Output>(first[0]).bytes.ends_with("* 500 FETCH (FLAGS ())\r\n"));
  EXPECT_TRUE(std::holds_alternative<WaitForDrain>(first[1]));
  EXPECT_TRUE(session.is_waiting());
  const Events second = session.drained();
  ASSERT_EQ(second.size(), 1U);
  EXPECT_TRUE(std::get<Output>(second[0]).bytes.ends_with("* 1000 FETCH (FLAGS ())\r\nc OK Completed\r\n"));
}

TEST(ImapSession, TakesAnySetInAnEmptyFolder) {
  FakeMailbox fake;
  fake.send("x LOGIN fred secret\r\nx SELECT INBOX\r\n");
  EXPECT_EQ(fake.send("a FETCH 1:* FLAGS\r\n"), "a OK Completed\n");
  EXPECT_EQ(fake.send("a UID FETCH 1:* FLAGS\r\n"), "a OK Completed\n");
}

// IMA-06
TEST(ImapSession, DoesNotOfferIdleWhenItIsOff) {
  FakeMailbox fake({.idle = false});
  EXPECT_EQ(fake.greeting().find(" IDLE"), std::string::npos);
  fake.send("x LOGIN fred secret\r\n");
  EXPECT_EQ(fake.send("a IDLE\r\n"), "a BAD Unknown command\n");
  EXPECT_NE(FakeMailbox().greeting().find(" IDLE"), std::string::npos);
}

TEST(ImapSession, LimitsWhatAClientSends) {
  const Limits small{.command_bytes_max = 100, .literals_bytes_max = 50, .bad_commands_max = 3};
  FakeMailbox fake = mailbox(false, small);
  EXPECT_EQ(fake.send("a NOOP " + std::string(200, 'x') + "\r\nb NOOP\r\n"),
            "a BAD Command line too long\nb OK Completed\n");
  FakeMailbox split = mailbox(false, small);
  EXPECT_EQ(split.send_byte_by_byte("a NOOP " + std::string(200, 'x') + "\r\nb NOOP\r\n"),
            "a BAD Command line too long\nb OK Completed\n");
  EXPECT_EQ(fake.send("a CREATE {51}\r\nb NOOP\r\n"), "a BAD [TOOBIG] Literal too large\nb OK Completed\n");
  EXPECT_EQ(fake.send("a X\r\nb X\r\nc X\r\n"),
            "a BAD Unknown command\nb BAD Unknown command\nc BAD Unknown command\n* BYE Too many bad "
            "commands\n<close>");
  FakeMailbox plus = mailbox(false, small);
  EXPECT_EQ(plus.send("a CREATE {51+}\r\n"), "* BYE [TOOBIG] Literal too large\n<close>");
}

// IMA-16
TEST(ImapSession, RefusesStrangers) {
  ServerSession session({}, {});
  const Events events = session.refuse();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(std::get<Output>(events[0]).bytes, "* BYE Stagecoach IMAP4rev1 Server access not allowed!\r\n");
  EXPECT_TRUE(std::holds_alternative<CloseConnection>(events[1]));
}

TEST(ImapSession, WaitsForAnswersAndKeepsInput) {
  ServerSession session({}, {.waiting_bytes_max = 1000});
  session.receive("a LOGIN fred secret\r\nb NOOP\r\n");
  EXPECT_TRUE(session.is_waiting());
  EXPECT_TRUE(session.drained().empty());  // not what it waits for
  const Events events = session.authenticated(std::string("fred"));
  EXPECT_FALSE(session.is_waiting());
  EXPECT_TRUE(std::get<Output>(events.at(0)).bytes.ends_with("Logged in\r\nb OK Completed\r\n"));
  session.receive("c LIST \"\" *\r\n");
  const Events closed = session.receive(std::string(2000, 'x'));
  ASSERT_EQ(closed.size(), 2U);
  EXPECT_EQ(std::get<Output>(closed[0]).bytes, "* BYE Too much input\r\n");
}

}  // namespace
}  // namespace stagecoach::imap
