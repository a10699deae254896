#include "protocols/imap/client_session.h"

#include <gtest/gtest.h>

#include "protocols/imap/line_ends.h"
#include "protocols/sasl/base64.h"

namespace stagecoach::imap {
namespace {

/// Writes down what the session says and tells. What the owner does stands between the parts that the server
/// says: "\1" a TLS handshake, "\2" a lost connection, and "!" with a command.
class Player {
 public:
  explicit Player(ClientSettings settings) : session_(std::make_shared<ClientSettings>(std::move(settings))) {
    take(session_.connected());
  }
  Player& hear(const std::vector<std::string>& parts, bool byte_by_byte) {
    for (const std::string& part : parts) {
      if (part == "\1")
        take(session_.tls_started());
      else if (part == "\2")
        take(session_.connection_lost(unavailable("connection reset")));
      else if (part.starts_with('!'))
        obey(part.substr(1));
      else if (byte_by_byte)
        for (const char c : part) take(session_.receive(std::string_view(&c, 1)));
      else
        take(session_.receive(part));
    }
    return *this;
  }
  const std::string& log() const { return log_; }

 private:
  void obey(const std::string& what) {
    if (what.starts_with("list ")) return take(session_.list(what.substr(5)));
    if (what.starts_with("select ")) return take(session_.open(what.substr(7), false));
    if (what.starts_with("examine ")) return take(session_.open(what.substr(8), true));
    if (what == "messages") return take(session_.list_messages());
    if (what == "fetch") return take(session_.fetch(17, ClientSession::Part::whole));
    if (what == "head") return take(session_.fetch(17, ClientSession::Part::header));
    if (what == "erase") return take(session_.erase({19, 17, 18, 30}));
    if (what.starts_with("move ")) return take(session_.move({17}, what.substr(5)));
    if (what == "idle") return take(session_.idle());
    if (what == "done") return take(session_.end_idle());
    if (what == "logout") return take(session_.logout());
    FAIL() << what;
  }
  void take(const ClientEvents& events) {
    for (const ClientEvent& event : events) std::visit([this](const auto& e) { on(e); }, event);
  }
  void text(std::string_view bytes) {
    for (const char c : bytes)
      if (c != '\r') log_ += c == '\n' ? '|' : c;
  }
  void on(const Output& output) { text(output.bytes); }
  void on(const StartTls&) { log_ += "{tls}"; }
  void on(const Ready& ready) { log_ += ready.has_idle ? "{ready idle}" : "{ready}"; }
  void on(const FoldersListed& listed) {
    log_ += "{folders";
    for (const auto& f : listed.folders) log_ += " " + f.wire + "=" + f.name + (f.selectable ? "" : "-");
    log_ += "}";
  }
  void on(const FolderReady& ready) {
    log_ += "{open " + std::to_string(ready.uid_validity) + " " + std::to_string(ready.messages) +
            (ready.uid_next ? " next " + std::to_string(ready.uid_next) : "") +
            (ready.read_only ? " read-only}" : "}");
  }
  void on(const MessagesListed& listed) {
    log_ += "{messages";
    for (const auto& m : listed.messages)
      log_ += " " + std::to_string(m.uid) + "/" + std::to_string(m.size_bytes) + (m.deleted ? "-" : "");
    log_ += "}";
  }
  void on(const ContentBytes& content) { text(content.bytes); }
  void on(const MessageEnd& end) { log_ += "{end " + std::to_string(end.uid) + "}"; }
  void on(const MessagesGone& gone) {
    log_ += "{gone";
    for (const auto uid : gone.uids) log_ += " " + std::to_string(uid);
    log_ += "}";
  }
  void on(const CommandFailed& failed) { log_ += "{no " + failed.error.text() + "}"; }
  void on(const IdleBegun&) { log_ += "{idle}"; }
  void on(const IdleEnded&) { log_ += "{idle over}"; }
  void on(const MessagesArrived& arrived) { log_ += "{arrived " + std::to_string(arrived.messages) + "}"; }
  void on(const Finished&) { log_ += "{finished}"; }
  void on(const Failed& failed) {
    log_ += (failed.login_refused ? "{refused " : "{failed ") + failed.error.text() + "}";
  }
  void on(const CloseConnection&) { log_ += "{close}"; }

  ClientSession session_;
  std::string log_;
};

ClientSettings with(ClientTls tls, ClientAuth auth = ClientAuth::automatic, std::string user = "fred",
                    std::string password = "secret") {
  ClientSettings settings;
  settings.tls = tls;
  settings.auth = auth;
  settings.credentials = {std::move(user), std::move(password), ""};
  settings.nonce = "rOprNGfwEbeRWgbNEkqO";
  return settings;
}
const ClientSettings k_plain = with(ClientTls::none);

struct Case {
  const char* name;
  ClientSettings settings;
  std::vector<std::string> server;
  std::string log;
};
void expect_all(const std::vector<Case>& cases) {
  for (const Case& one : cases)
    for (const bool byte_by_byte : {false, true})
      EXPECT_EQ(Player(one.settings).hear(one.server, byte_by_byte).log(), one.log)
          << one.name << (byte_by_byte ? ", byte by byte" : "");
}

/// After a log-in at a server with these capabilities.
struct Ordered {
  const char* name;
  std::string capabilities;
  std::vector<std::string> server;
  std::string log;
};
void expect_ready(const std::vector<Ordered>& cases, const ClientSettings& settings = k_plain) {
  for (const Ordered& one : cases) {
    std::vector<std::string> parts = {"* OK [CAPABILITY IMAP4rev1] hi\r\n",
                                      "a1 OK [CAPABILITY IMAP4rev1 " + one.capabilities + "] in\r\n"};
    parts.insert(parts.end(), one.server.begin(), one.server.end());
    for (const bool byte_by_byte : {false, true}) {
      std::string log = Player(settings).hear(parts, byte_by_byte).log();
      const std::string login = "a1 LOGIN \"fred\" \"secret\"|{ready";
      ASSERT_EQ(log.substr(0, login.size()), login) << one.name;
      log.erase(0, log.find('}') + 1);
      EXPECT_EQ(log, one.log) << one.name << (byte_by_byte ? ", byte by byte" : "");
    }
  }
}

TEST(ImapClient, LogsIn) {
  const std::string plain =
      sasl::encode_base64(std::string("\0fr\xc3\xa9"
                                      "d\0secret",
                                      13));
  expect_all({
      {"capabilities are asked for",
       k_plain,
       {"* OK hi\r\n", "* CAPABILITY IMAP4rev1 IDLE\r\na1 OK\r\n", "a2 OK in\r\n",
        "* CAPABILITY IMAP4rev1\r\na3 OK\r\n"},
       "a1 CAPABILITY|a2 LOGIN \"fred\" \"secret\"|a3 CAPABILITY|{ready}"},
      {"or given",
       k_plain,
       {"* OK [CAPABILITY IMAP4rev1] hi\r\n", "* CAPABILITY IMAP4rev1 IDLE\r\na1 OK in\r\n"},
       "a1 LOGIN \"fred\" \"secret\"|{ready idle}"},
      {"a server without them",
       k_plain,
       {"* OK\r\n", "a1 BAD what\r\n", "a2 OK\r\n", "a3 BAD what\r\n"},
       "a1 CAPABILITY|a2 LOGIN \"fred\" \"secret\"|a3 CAPABILITY|{ready}"},
      {"PREAUTH", k_plain, {"* PREAUTH [CAPABILITY IMAP4rev1 IDLE] hi\r\n"}, "{ready idle}"},
      {"letters that need care",
       with(ClientTls::none, ClientAuth::login, "fr\"ed", "pass\\word"),
       {"* OK [CAPABILITY A] hi\r\n", "a1 OK [CAPABILITY A]\r\n"},
       "a1 LOGIN \"fr\\\"ed\" \"pass\\\\word\"|{ready}"},
      {"literals",
       with(ClientTls::none, ClientAuth::login,
            "fr\xc3\xa9"
            "d",
            "\xc3\xa9"),
       {"* OK [CAPABILITY A] hi\r\n", "+ go on\r\n", "+\r\n", "a1 OK [CAPABILITY A]\r\n"},
       "a1 LOGIN {5}|fr\xc3\xa9"
       "d {2}|\xc3\xa9|{ready}"},
      {"literals without waiting",
       with(ClientTls::none, ClientAuth::login,
            "fr\xc3\xa9"
            "d",
            "x"),
       {"* OK [CAPABILITY LITERAL+] hi\r\n", "a1 OK [CAPABILITY A]\r\n"},
       "a1 LOGIN {5+}|fr\xc3\xa9"
       "d \"x\"|{ready}"},
      {"a literal that the server does not want",
       with(ClientTls::none, ClientAuth::login,
            "fr\xc3\xa9"
            "d",
            "secret"),
       {"* OK [CAPABILITY A] hi\r\n", "a1 BAD no 8 bit\r\n"},
       "a1 LOGIN {5}|{refused Error from remote server on \"LOGIN fr\xc3\xa9"
       "d *****\" -> BAD no 8 bit}{close}"},
      {"PLAIN for letters that LOGIN cannot carry",
       with(ClientTls::none, ClientAuth::automatic,
            "fr\xc3\xa9"
            "d"),
       {"* OK [CAPABILITY AUTH=PLAIN] hi\r\n", "+ \r\n", "a1 OK [CAPABILITY A]\r\n"},
       "a1 AUTHENTICATE PLAIN|" + plain + "|{ready}"},
      {"PLAIN with SASL-IR where LOGIN is not allowed",
       with(ClientTls::ssl),
       {"* OK [CAPABILITY AUTH=PLAIN LOGINDISABLED SASL-IR] hi\r\n", "a1 OK [CAPABILITY A]\r\n"},
       "a1 AUTHENTICATE PLAIN " + sasl::encode_base64(std::string("\0fred\0secret", 12)) + "|{ready}"},
      {"CRAM-MD5",
       with(ClientTls::none, ClientAuth::cram_md5, "tim", "tanstaaftanstaaf"),
       {"* OK [CAPABILITY A] hi\r\n", "+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n",
        "a1 OK [CAPABILITY A]\r\n"},
       "a1 AUTHENTICATE CRAM-MD5|dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw|{ready}"},
      // RFC 7677 section 3
      {"SCRAM without TLS",
       with(ClientTls::none, ClientAuth::automatic, "user", "pencil"),
       {"* OK [CAPABILITY AUTH=SCRAM-SHA-256 AUTH=PLAIN] hi\r\n", "+ \r\n",
        "+ "
        "cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2"
        "Z1E9PSxpPTQwOTY=\r\n",
        "+ dj02cnJpVFJCaTIzV3BSUi93dHVwK21NaFVaVW4vZEI1bkxUSlJzamw5NUc0PQ==\r\n", "a1 OK [CAPABILITY A]\r\n"},
       "a1 AUTHENTICATE SCRAM-SHA-256|biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=|"
       "Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGpVa"
       "E4rVXRl"
       "OXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==||{ready}"},
      {"SCRAM whose server knows nothing",
       with(ClientTls::none, ClientAuth::scram_sha_256, "user", "pencil"),
       {"* OK [CAPABILITY A] hi\r\n", "+ \r\n", "a1 OK [CAPABILITY A]\r\n"},
       "a1 AUTHENTICATE SCRAM-SHA-256|biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=|"
       "{failed the server said success before the exchange was over}{close}"},
      {"XOAUTH2",
       with(ClientTls::none, ClientAuth::xoauth2, "fred", "token"),
       {"* OK [CAPABILITY SASL-IR] hi\r\n", "a1 OK [CAPABILITY A]\r\n"},
       "a1 AUTHENTICATE XOAUTH2 " + sasl::encode_base64("user=fred\1auth=Bearer token\1\1") + "|{ready}"},
      {"XOAUTH2 that says what is wrong",
       with(ClientTls::none, ClientAuth::xoauth2, "fred", "token"),
       {"* OK [CAPABILITY SASL-IR] hi\r\n", "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n", "a1 NO bad\r\n"},
       "a1 AUTHENTICATE XOAUTH2 " + sasl::encode_base64("user=fred\1auth=Bearer token\1\1") +
           "||{refused Error from remote server on \"AUTHENTICATE XOAUTH2 *****\" -> NO bad "
           "({\"status\":\"400\"})}{close}"},
  });
}

TEST(ImapClient, SaysWhatFailedWithoutSecrets) {
  expect_all({
      {"a wrong password",
       k_plain,
       {"* OK [CAPABILITY A] hi\r\n", "a1 NO [AUTHENTICATIONFAILED] not \"secret\"\r\n"},
       "a1 LOGIN \"fred\" \"secret\"|{refused Error from remote server on \"LOGIN fred *****\" -> NO "
       "[AUTHENTICATIONFAILED] not \"*****\"}{close}"},
      {"refused",
       k_plain,
       {"* BYE busy\r\n"},
       "{failed Error from remote server on \"connect\" -> BYE busy}{close}"},
      {"no IMAP",
       k_plain,
       {"220 mx\r\n"},
       "{failed Error from remote server on \"connect\" -> 220 mx}{close}"},
      {"BYE instead of an answer",
       k_plain,
       {"* OK [CAPABILITY A] hi\r\n", "* BYE [UNAVAILABLE] later\r\n"},
       "a1 LOGIN \"fred\" \"secret\"|{failed Error from remote server on \"LOGIN fred *****\" -> BYE "
       "[UNAVAILABLE] later}{close}"},
      {"another tag",
       k_plain,
       {"* OK [CAPABILITY A] hi\r\n", "a2 OK\r\n"},
       "a1 LOGIN \"fred\" \"secret\"|{failed Error from remote server on \"LOGIN fred *****\" -> a2 "
       "OK}{close}"},
      {"a lost connection",
       k_plain,
       {"* OK [CAPABILITY A] hi\r\n", "\2", "a1 OK\r\n"},
       "a1 LOGIN \"fred\" \"secret\"|{failed LOGIN fred *****: connection reset}{close}"},
      {"no log-in without TLS",
       k_plain,
       {"* OK [CAPABILITY LOGINDISABLED] hi\r\n"},
       "{failed the server offers no log-in with a password without TLS}{close}"},
      {"a password with a line end",
       with(ClientTls::none, ClientAuth::automatic, "fred", "a\r\nb"),
       {"* OK [CAPABILITY A] hi\r\n"},
       "{failed user name or password contains a line end}{close}"},
      {"more is asked for than there is",
       k_plain,
       {"* OK [CAPABILITY A] hi\r\n", "+ what?\r\n"},
       "a1 LOGIN \"fred\" \"secret\"|{failed the server asks for more: + what?}{close}"},
  });
}

TEST(ImapClient, StartsTls) {
  const std::string offer = "* OK [CAPABILITY STARTTLS] hi\r\n";
  expect_all({
      {"capabilities from before do not count",
       with(ClientTls::stls_if_available),
       {"* OK [CAPABILITY STARTTLS IDLE LOGINDISABLED] hi\r\n", "a1 OK go\r\n", "\1",
        "* CAPABILITY IMAP4rev1\r\na2 OK\r\n", "a3 OK\r\n", "a4 OK\r\n"},
       "a1 STARTTLS|{tls}a2 CAPABILITY|a3 LOGIN \"fred\" \"secret\"|a4 CAPABILITY|{ready}"},
      {"it is tried although it is not offered",
       with(ClientTls::stls),
       {"* OK [CAPABILITY A] hi\r\n", "a1 NO no\r\n"},
       "a1 STARTTLS|{failed Error from remote server on \"STARTTLS\" -> NO no}{close}"},
      {"it may be missing",
       with(ClientTls::stls_if_available),
       {"* OK [CAPABILITY A] hi\r\n"},
       "a1 LOGIN \"fred\" \"secret\"|"},
      {"it may fail",
       with(ClientTls::stls_if_available),
       {offer, "a1 NO no\r\n"},
       "a1 STARTTLS|a2 LOGIN \"fred\" \"secret\"|"},
      {"PREAUTH does not get round it",
       with(ClientTls::stls),
       {"* PREAUTH [CAPABILITY STARTTLS] hi\r\n"},
       "{failed the server skips the log-in, so that TLS cannot begin}{close}"},
      {"nothing may follow the reply",
       with(ClientTls::stls),
       {offer, "a1 OK go\r\n* CAPABILITY AUTH=PLAIN\r\n"},
       "a1 STARTTLS|{tls}{failed the server sent clear text behind its reply to STARTTLS}{close}"},
  });
}

TEST(ImapClient, ListsFoldersAndMessages) {
  expect_ready({
      {"folders",
       "",
       {"!list Work*",
        "* LIST (\\HasNoChildren) \".\" Work.B&APw-ro\r\n* LIST (\\Noselect) NIL \"Work\"\r\n"
        "* LIST () \"/\" {6}\r\nWork/1\r\n* LIST what\r\n* 3 EXISTS\r\na2 OK\r\n"},
       "a2 LIST \"\" \"Work*\"|{folders Work.B&APw-ro=Work.B\xc3\xbcro Work=Work- Work/1=Work/1}"},
      {"a folder",
       "",
       {"!examine INBOX",
        "* FLAGS (\\Seen)\r\n* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 20] ok\r\na2 OK "
        "[READ-ONLY] ok\r\n"},
       "a2 EXAMINE \"INBOX\"|{open 7 3 next 20 read-only}"},
      {"a folder that is not there",
       "",
       {"!select Nope", "a2 NO [NONEXISTENT] what?\r\n", "!select INBOX"},
       "a2 SELECT \"Nope\"|{no Error from remote server on \"SELECT Nope\" -> NO [NONEXISTENT] what?}a3 "
       "SELECT "
       "\"INBOX\"|"},
      {"a folder without UIDs",
       "",
       {"!select INBOX", "* 3 EXISTS\r\na2 OK ok\r\n"},
       "a2 SELECT \"INBOX\"|{no the server gives the folder no UIDVALIDITY, so messages cannot be known "
       "again: "
       "OK ok}"},
      {"messages",
       "",
       {"!messages",
        "* 2 FETCH (UID 18 RFC822.SIZE 200 FLAGS (\\Seen \\Deleted))\r\n"
        "* 1 FETCH (FLAGS () RFC822.SIZE 100 UID 17)\r\n* 9 FETCH (FLAGS (\\Seen))\r\n"
        "* 3 FETCH (X-MORE (a (\"b)\" {2}\r\n)))) UID 19 RFC822.SIZE -5)\r\n"
        "* 1 FETCH (UID 17 FLAGS (\\deleted))\r\na2 OK\r\n"},
       "a2 UID FETCH 1:* (UID RFC822.SIZE FLAGS)|{messages 17/100- 18/200- 19/0}"},
      {"what is no list",
       "",
       {"!messages", "* 2 FETCH (UID 18\r\n"},
       "a2 UID FETCH 1:* (UID RFC822.SIZE FLAGS)|{failed Error from remote server on \"UID FETCH 1:* (UID "
       "RFC822.SIZE FLAGS)\" -> (UID 18}{close}"},
  });
}

TEST(ImapClient, FetchesMessages) {
  const std::string asks = "a2 UID FETCH 17 (UID BODY.PEEK[])|";
  expect_ready({
      {"the UID may follow",
       "",
       {"!fetch", "* 3 FETCH (BODY[] {15}\r\nA: b\r\n\r\n) {3}\r\n UID 17 FLAGS (\\Seen))\r\na2 OK\r\n"},
       asks + "A: b||) {3}|{end 17}"},
      {"line ends are mended",
       "",
       {"!fetch", "* 3 FETCH (UID 17 BODY[] {9}\r\nA: b\n\nx\ry)\r\na2 OK\r\n"},
       asks + "A: b||x|y|{end 17}"},
      {"a quoted one", "", {"!fetch", "* 3 FETCH (UID 17 BODY[] \"hi\")\r\na2 OK\r\n"}, asks + "hi|{end 17}"},
      {"an empty one", "", {"!fetch", "* 3 FETCH (UID 17 BODY[] {0}\r\n)\r\na2 OK\r\n"}, asks + "{end 17}"},
      {"the header section",
       "",
       {"!head", "* 3 FETCH (UID 17 BODY[HEADER] {8}\r\nA: b\r\n\r\n)\r\na2 OK\r\n"},
       "a2 UID FETCH 17 (UID BODY.PEEK[HEADER])|A: b||{end 17}"},
      {"news come along",
       "",
       {"!fetch",
        "* 4 EXISTS\r\n* 2 FETCH (FLAGS (\\Seen))\r\n* 3 FETCH (UID 17 BODY[] {1}\r\nx)\r\n* 1 EXPUNGE\r\na2 "
        "OK\r\n"},
       asks + "x|{end 17}"},
      {"it is gone",
       "",
       {"!fetch", "a2 OK\r\n", "!messages"},
       asks + "{no message 17 is gone}a3 UID FETCH 1:* (UID RFC822.SIZE FLAGS)|"},
      {"it is gone, as NIL",
       "",
       {"!fetch", "* 3 FETCH (UID 17 BODY[] NIL)\r\na2 OK\r\n"},
       asks + "{no message 17 is gone}"},
      {"refused half way",
       "",
       {"!fetch", "* 3 FETCH (UID 17 BODY[] {1}\r\nx)\r\na2 NO disk\r\n"},
       asks + "x{no Error from remote server on \"UID FETCH 17 (UID BODY.PEEK[])\" -> NO disk}"},
      {"another message",
       "",
       {"!fetch", "* 3 FETCH (UID 18 BODY[] {1}\r\nx)\r\na2 OK\r\n"},
       asks + "x{failed the server sent message 18 instead of 17}{close}"},
      {"nobody knows which message",
       "",
       {"!fetch", "* 3 FETCH (BODY[] {1}\r\nx)\r\na2 OK\r\n"},
       asks + "x{failed the server sent message 0 instead of 17}{close}"},
      {"twice",
       "",
       {"!fetch", "* 3 FETCH (UID 17 BODY[] {1}\r\nx)\r\n* 3 FETCH (UID 17 BODY[] {1}\r\ny)\r\n"},
       asks + "x{failed the server sent a message twice}{close}"},
      {"a line that breaks",
       "",
       {"!fetch", "* 3 FETCH (UID 17 BODY[] {100}\r\nxyz", "\2"},
       asks + "xyz{failed UID FETCH 17 (UID BODY.PEEK[]): connection reset}{close}"},
  });
}

TEST(ImapClient, ErasesWhatItMustAndNothingElse) {
  const std::string store = "a2 UID STORE 17:19,30 +FLAGS.SILENT (\\Deleted)|";
  expect_ready({
      {"UIDPLUS",
       "UIDPLUS",
       {"!erase", "a2 OK\r\n", "* 3 EXPUNGE\r\na3 OK\r\n"},
       store + "a3 UID EXPUNGE 17:19,30|{gone 17 18 19 30}"},
      {"nobody else has marked any",
       "",
       {"!erase", "a2 OK\r\n", "* SEARCH\r\na3 OK\r\n", "a4 OK\r\n"},
       store + "a3 UID SEARCH DELETED NOT UID 17:19,30|a4 EXPUNGE|{gone 17 18 19 30}"},
      {"somebody else has",
       "",
       {"!erase", "a2 OK\r\n", "* SEARCH 4\r\na3 OK\r\n", "!logout"},
       store + "a3 UID SEARCH DELETED NOT UID 17:19,30|{no other messages of the folder are marked as "
               "deleted, and "
               "the server has no UIDPLUS: what was to go is marked and stays}a4 LOGOUT|"},
      {"read-only",
       "UIDPLUS",
       {"!erase", "a2 NO [READ-ONLY] no\r\n"},
       store + "{no Error from remote server on \"UID STORE 17:19,30 +FLAGS.SILENT (\\Deleted)\" -> NO "
               "[READ-ONLY] "
               "no}"},
      {"MOVE", "MOVE", {"!move Done", "* 1 EXPUNGE\r\na2 OK\r\n"}, "a2 UID MOVE 17 \"Done\"|{gone 17}"},
      {"the folder is made",
       "MOVE",
       {"!move Done", "a2 NO [TRYCREATE] no\r\n", "a3 OK\r\n", "a4 OK\r\n"},
       "a2 UID MOVE 17 \"Done\"|a3 CREATE \"Done\"|a4 UID MOVE 17 \"Done\"|{gone 17}"},
      {"but only once",
       "MOVE",
       {"!move Done", "a2 NO [TRYCREATE] no\r\n", "a3 OK\r\n", "a4 NO [TRYCREATE] no\r\n"},
       "a2 UID MOVE 17 \"Done\"|a3 CREATE \"Done\"|a4 UID MOVE 17 \"Done\"|{no Error from remote server on "
       "\"UID MOVE 17 \"Done\"\" -> NO [TRYCREATE] no}"},
      {"without MOVE a copy comes first",
       "UIDPLUS",
       {"!move Done", "a2 OK\r\n", "a3 OK\r\n", "a4 OK\r\n"},
       "a2 UID COPY 17 \"Done\"|a3 UID STORE 17 +FLAGS.SILENT (\\Deleted)|a4 UID EXPUNGE 17|{gone 17}"},
      {"nothing is deleted without the copy",
       "",
       {"!move Done", "a2 NO quota\r\n"},
       "a2 UID COPY 17 \"Done\"|{no Error from remote server on \"UID COPY 17 \"Done\"\" -> NO quota}"},
  });
}

TEST(ImapClient, WaitsForNewMail) {
  expect_ready({
      {"the whole way",
       "IDLE",
       {"!select INBOX", "* 3 EXISTS\r\n* OK [UIDVALIDITY 7]\r\na2 OK\r\n", "!idle", "+ idling\r\n",
        "* 1 EXPUNGE\r\n* 3 EXISTS\r\n* 3 EXISTS\r\n* OK still here\r\n", "!done", "a3 OK\r\n", "!idle"},
       "a2 SELECT \"INBOX\"|{open 7 3}a3 IDLE|{idle}{arrived 3}DONE|{idle over}a4 IDLE|"},
      {"no IDLE", "", {"!idle", "!logout"}, "{no the server has no IDLE}a2 LOGOUT|"},
      {"refused",
       "IDLE",
       {"!idle", "a2 NO no\r\n"},
       "a2 IDLE|{no Error from remote server on \"IDLE\" -> NO no}"},
      {"BYE",
       "IDLE",
       {"!idle", "+ \r\n", "* BYE shutting down\r\n"},
       "a2 IDLE|{idle}{failed Error from remote server on \"IDLE\" -> BYE shutting down}{close}"},
  });
}

TEST(ImapClient, LeavesPolitely) {
  expect_ready({
      {"LOGOUT", "", {"!logout", "* BYE bye\r\na2 OK\r\n"}, "a2 LOGOUT|{finished}{close}"},
      {"nothing depends on the answer", "", {"!logout", "\2"}, "a2 LOGOUT|{finished}{close}"},
      {"one command at a time",
       "",
       {"!messages", "!fetch", "!logout"},
       "a2 UID FETCH 1:* (UID RFC822.SIZE FLAGS)|"},
  });
}

TEST(ImapClient, EverythingHasALimit) {
  ClientSettings settings = k_plain;
  settings.limits.reply_bytes_max = 100;
  settings.limits.replies_max = 5;
  settings.limits.messages_max = 2;
  settings.limits.folders_max = 2;
  settings.limits.message_bytes_max = 10;
  const std::string asks = "a2 UID FETCH 17 (UID BODY.PEEK[])|";
  const std::string list = "a2 UID FETCH 1:* (UID RFC822.SIZE FLAGS)|";
  const std::string much = "{failed the server says too much}{close}";
  const std::string too_long = "{failed a reply of the server is too long}{close}";
  std::string six;
  for (int i = 0; i < 6; ++i) six += "* OK still here\r\n";
  expect_ready(
      {
          {"a line", "", {std::string(200, 'x')}, too_long},
          {"a line with its end",
           "",
           {"!list *", "* " + std::string(99, 'x') + "\r\n"},
           "a2 LIST \"\" \"*\"|" + too_long},
          {"a literal", "", {"!list *", "* LIST () NIL {99}\r\n"}, "a2 LIST \"\" \"*\"|" + too_long},
          {"a huge literal",
           "",
           {"!list *", "* LIST () NIL {18446744073709551615}\r\n"},
           "a2 LIST \"\" \"*\"|" + too_long},
          {"literals",
           "",
           {"!list *",
            "* LIST () {30}\r\n" + std::string(30, 'x') + " {30}\r\n" + std::string(30, 'x') + " {30}\r\n"},
           "a2 LIST \"\" \"*\"|" + too_long},
          {"unasked", "", {six}, much},
          {"instead of an answer", "", {"!select INBOX", six}, "a2 SELECT \"INBOX\"|" + much},
          {"folders",
           "",
           {"!list *", "* LIST () NIL a\r\n* LIST () NIL b\r\n* LIST () NIL c\r\n"},
           "a2 LIST \"\" \"*\"|{failed the server has too many folders}{close}"},
          {"messages",
           "",
           {"!messages", "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\n* 3 FETCH (UID 3)\r\n"},
           list + "{failed the folder has more than 2 messages}{close}"},
          {"a message",
           "",
           {"!fetch", "* 3 FETCH (UID 17 BODY[] {11}\r\n"},
           asks + "{failed message 17 is larger than allowed}{close}"},
          {"a message that nobody asked for",
           "",
           {"!messages", "* 3 FETCH (UID 17 BODY[] {1000}\r\n"},
           list + too_long},
      },
      settings);
}

TEST(ImapLineEnds, AreTheSameForEverySplit) {
  const struct {
    std::string_view in, out;
  } k_cases[] = {{"", ""},
                 {"a", "a\r\n"},
                 {"a\r\nb\r\n", "a\r\nb\r\n"},
                 {"a\nb\r", "a\r\nb\r\n"},
                 {"a\r\r\n\n", "a\r\n\r\n\r\n"},
                 {"\r", "\r\n"},
                 {"\n\ra", "\r\n\r\na\r\n"}};
  for (const auto& [in, out] : k_cases)
    for (std::size_t step = 1; step <= in.size() + 1; ++step) {
      LineEnds ends;
      std::string made;
      for (std::size_t at = 0; at < in.size(); at += step) ends.pass(in.substr(at, step), made);
      ends.finish(made);
      EXPECT_EQ(made, out) << in << " in steps of " << step;
    }
}

}  // namespace
}  // namespace stagecoach::imap
