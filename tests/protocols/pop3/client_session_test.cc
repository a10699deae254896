#include "protocols/pop3/client_session.h"

#include <gtest/gtest.h>

namespace stagecoach::pop3 {
namespace {

/// Writes down what the session says and tells. '\1' stands for a TLS handshake, '\2' for a lost connection,
/// "R1", "T1", "D1" and "Q" are commands of the owner.
class Player {
 public:
  explicit Player(ClientSettings settings) : session_(std::make_shared<ClientSettings>(std::move(settings))) {
    take(session_.connected());
  }
  Player& hear(const std::vector<std::string>& parts, bool byte_by_byte) {
    for (const std::string& part : parts) {
      const auto number = static_cast<std::size_t>(part.size() == 2 ? part[1] - '0' : 0);
      if (part == "\1")
        take(session_.tls_started());
      else if (part == "\2")
        take(session_.connection_lost(unavailable("connection reset")));
      else if (part == "Q")
        take(session_.quit());
      else if (part.size() == 2 && part[0] == 'R')
        take(session_.retrieve(number));
      else if (part.size() == 2 && part[0] == 'T')
        take(session_.top(number, 0));
      else if (part.size() == 2 && part[0] == 'D')
        take(session_.erase(number));
      else if (byte_by_byte)
        for (const char c : part) take(session_.receive(std::string_view(&c, 1)));
      else
        take(session_.receive(part));
    }
    return *this;
  }
  const std::string& log() const { return log_; }

 private:
  void take(const ClientEvents& events) {
    for (const ClientEvent& event : events) std::visit([this](const auto& e) { on(e); }, event);
  }
  void text(std::string_view bytes) {
    for (const char c : bytes)
      if (c != '\r') log_ += c == '\n' ? '|' : c;
  }
  void on(const Output& output) { text(output.bytes); }
  void on(const StartTls&) { log_ += "{tls}"; }
  void on(const Ready& ready) {
    log_ += "{ready";
    for (const auto& m : ready.messages)
      log_ += " " + std::to_string(m.number) + "/" + std::to_string(m.size_bytes) + "/" + m.uid;
    log_ += ready.has_uidl ? "}" : " no uidl}";
  }
  void on(const ContentBytes& content) { text(content.bytes); }
  void on(const MessageEnd& end) { log_ += "{end " + std::to_string(end.number) + "}"; }
  void on(const Erased& erased) { log_ += "{erased " + std::to_string(erased.number) + "}"; }
  void on(const CommandFailed& failed) {
    log_ += "{no " + std::to_string(failed.number) + " " + failed.error.text() + "}";
  }
  void on(const Finished&) { log_ += "{finished}"; }
  void on(const Failed& failed) { log_ += "{failed " + failed.error.text() + "}"; }
  void on(const Close&) { log_ += "{close}"; }

  ClientSession session_;
  std::string log_;
};

ClientSettings with(ClientTls tls, ClientAuth auth = ClientAuth::plain) {
  ClientSettings settings;
  settings.tls = tls;
  settings.auth = auth;
  settings.credentials = {"fred", "secret", ""};
  return settings;
}

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
          << one.name << byte_by_byte;
}

const std::string k_login = "CAPA|USER fred|PASS secret|STAT|";
const ClientSettings k_plain = with(ClientTls::none);

TEST(Pop3Client, CollectsMessages) {
  expect_all({
      {"the whole way",
       k_plain,
       {"+OK hi\r\n", "-ERR what\r\n", "+OK\r\n", "+OK\r\n", "+OK 2 30\r\n", "+OK\r\n1 10\r\n2 20\r\n.\r\n",
        "+OK\r\n1 a\r\n2 b\r\n.\r\n", "R1", "+OK 10 octets\r\nA: b\r\n\r\n..x\r\n.\r\n", "D1", "+OK\r\n", "Q",
        "+OK bye\r\n"},
       k_login +
           "LIST|UIDL|{ready 1/10/a 2/20/b}RETR 1|A: b||.x|{end 1}DELE 1|{erased 1}QUIT|{finished}{close}"},
      {"no UIDL",
       k_plain,
       {"+OK hi\r\n", "-ERR\r\n", "+OK\r\n", "+OK\r\n", "+OK 1 30\r\n", "+OK\r\n1 30\r\n.\r\n", "-ERR\r\n"},
       k_login + "LIST|UIDL|{ready 1/30/ no uidl}"},
      {"an empty mailbox",
       k_plain,
       {"+OK\r\n", "+OK\r\nSTLS\r\n.\r\n", "+OK\r\n", "+OK\r\n", "+OK 0 0\r\n", "Q", "+OK\r\n"},
       k_login + "{ready}QUIT|{finished}{close}"},
      {"a message that is gone",
       k_plain,
       {"+OK\r\n", "-ERR\r\n", "+OK\r\n", "+OK\r\n", "+OK 1 9\r\n", "+OK\r\n1 9\r\n.\r\n",
        "+OK\r\n1 a\r\n.\r\n", "T1", "-ERR gone\r\n", "R1", "R1", "+OK\r\n.\r\n", "+OK\r\n\n.\nx\r\n.\r\n"},
       k_login + "LIST|UIDL|{ready 1/9/a}TOP 1 0|{no 1 Error from remote server on \"TOP 1 0\" -> -ERR "
                 "gone}RETR 1|{end 1}RETR 1||.|x|{end 1}"},
      {"PIPELINING",
       k_plain,
       {"+OK\r\n", "+OK\r\nPIPELINING\r\n.\r\n", "+OK\r\n", "+OK\r\n", "+OK 2 9\r\n",
        "+OK\r\n1 4\r\n2 5\r\n.\r\n", "+OK\r\n1 a\r\n2 b\r\n.\r\n", "R1", "R2", "D1",
        "+OK\r\nx\r\n.\r\n+OK\r\ny\r\n.\r\n+OK\r\n"},
       k_login + "LIST|UIDL|{ready 1/4/a 2/5/b}RETR 1|RETR 2|DELE 1|x|{end 1}y|{end 2}{erased 1}"},
  });
}

TEST(Pop3Client, SaysWhatFailed) {
  expect_all({
      {"a wrong password",
       k_plain,
       {"+OK\r\n", "-ERR\r\n", "+OK\r\n", "-ERR authorization failed\r\n"},
       "CAPA|USER fred|PASS secret|{failed Error from remote server on \"PASS *****\" -> -ERR authorization "
       "failed}{close}"},
      {"refused",
       k_plain,
       {"-ERR busy\r\n"},
       "{failed Error from remote server on \"connect\" -> -ERR busy}{close}"},
      {"no POP3",
       k_plain,
       {"220 mx\r\n"},
       "{failed Error from remote server on \"connect\" -> 220 mx}{close}"},
      {"lost", k_plain, {"+OK\r\n", "\2"}, "CAPA|{failed CAPA: connection reset}{close}"},
      {"numbers beyond the count",
       k_plain,
       {"+OK\r\n", "-ERR\r\n", "+OK\r\n", "+OK\r\n", "+OK 1 9\r\n", "+OK\r\n2 9\r\n"},
       k_login + "LIST|{failed Error from remote server on \"LIST\" -> 2 9}{close}"},
      {"too many messages",
       k_plain,
       {"+OK\r\n", "-ERR\r\n", "+OK\r\n", "+OK\r\n", "+OK 1000001 9\r\n"},
       k_login + "{failed the mailbox has more than 1000000 messages}{close}"},
  });
}

TEST(Pop3Client, StartsTls) {
  expect_all({
      {"STLS",
       with(ClientTls::stls),
       {"+OK\r\n", "-ERR\r\n", "+OK\r\n", "\1", "-ERR\r\n", "+OK\r\n"},
       "CAPA|STLS|{tls}CAPA|USER fred|PASS secret|"},
      {"STLS refused",
       with(ClientTls::stls),
       {"+OK\r\n", "-ERR\r\n", "-ERR no\r\n"},
       "CAPA|STLS|{failed Error from remote server on \"STLS\" -> -ERR no}{close}"},
      {"if available",
       with(ClientTls::stls_if_available),
       {"+OK\r\n", "+OK\r\nSTLS\r\n.\r\n", "+OK\r\n", "\1"},
       "CAPA|STLS|{tls}CAPA|"},
      {"not available",
       with(ClientTls::stls_if_available),
       {"+OK\r\n", "+OK\r\nTOP\r\n.\r\n"},
       "CAPA|USER fred|"},
      {"clear text behind STLS",
       with(ClientTls::stls),
       {"+OK\r\n", "-ERR\r\n", "+OK\r\n+OK\r\n", "\1"},
       "CAPA|STLS|{tls}{failed the server sent clear text behind its reply to STLS}{close}"},
  });
}

TEST(Pop3Client, Authenticates) {
  expect_all({
      {"APOP",
       with(ClientTls::none, ClientAuth::apop),
       {"+OK hi <1@mx>\r\n", "-ERR\r\n", "-ERR no\r\n"},
       "CAPA|APOP fred d508c01b61601df4675d38bbafee9039|{failed Error from remote server on \"APOP fred "
       "*****\" -> -ERR no}{close}"},
      {"no APOP",
       with(ClientTls::none, ClientAuth::apop),
       {"+OK hi\r\n", "-ERR\r\n"},
       "CAPA|{failed the server does not offer APOP}{close}"},
      {"PLAIN",
       with(ClientTls::none, ClientAuth::sasl_plain),
       {"+OK hi\r\n", "-ERR\r\n", "-ERR no\r\n"},
       "CAPA|AUTH PLAIN AGZyZWQAc2VjcmV0|{failed Error from remote server on \"AUTH PLAIN *****\" -> -ERR "
       "no}{close}"},
      {"PLAIN alone",
       k_plain,
       {"+OK hi\r\n", "+OK\r\nUIDL\r\nSASL XOAUTH2 Plain\r\n.\r\n", "+OK\r\n"},
       "CAPA|AUTH PLAIN AGZyZWQAc2VjcmV0|STAT|"},
      {"USER and PLAIN",
       k_plain,
       {"+OK hi\r\n", "+OK\r\nSASL PLAIN\r\nUSER\r\n.\r\n", "+OK\r\n", "+OK\r\n"},
       k_login},
      {"neither is named",
       k_plain,
       {"+OK hi\r\n", "+OK\r\nSASL PLAINER\r\n.\r\n", "+OK\r\n", "+OK\r\n"},
       k_login},
      {"XOAUTH2",
       with(ClientTls::none, ClientAuth::xoauth2),
       {"+OK hi\r\n", "-ERR\r\n", "+ e30=\r\n", "-ERR no\r\n"},
       "CAPA|AUTH XOAUTH2 dXNlcj1mcmVkAWF1dGg9QmVhcmVyIHNlY3JldAEB||{failed Error from remote server on "
       "\"AUTH XOAUTH2 *****\" -> -ERR no}{close}"},
      {"CRAM-MD5",
       with(ClientTls::none, ClientAuth::cram_md5),
       {"+OK hi\r\n", "-ERR\r\n", "+ PDFAbXg+\r\n", "+OK\r\n"},
       "CAPA|AUTH CRAM-MD5|ZnJlZCBlMTk5ZWYyMmQ2YmNjNzRlZmZjZjE5ZTQwN2IxZWE3ZQ==|STAT|"},
  });
}

TEST(Pop3Client, NormalisesLineEndsAndLimitsSizes) {
  ClientSettings settings = k_plain;
  settings.normalise_line_ends = true;
  settings.limits.message_bytes_max = 20;
  const std::vector<std::string> ready = {"+OK\r\n",
                                          "-ERR\r\n",
                                          "+OK\r\n",
                                          "+OK\r\n",
                                          "+OK 1 9\r\n",
                                          "+OK\r\n1 9\r\n.\r\n",
                                          "+OK\r\n1 a\r\n.\r\n",
                                          "R1"};
  Player player(settings);
  player.hear(ready, false).hear({"+OK\r\n1\n.\n2\r3\r\n.\r\n"}, true);
  EXPECT_TRUE(player.log().ends_with("RETR 1|1|.|2|3|{end 1}")) << player.log();
  Player large(settings);
  large.hear(ready, false).hear({"+OK\r\n" + std::string(30, 'x')}, false);
  EXPECT_TRUE(large.log().ends_with("{failed message 1 is larger than allowed}{close}")) << large.log();
  Player endless(settings);
  endless.hear({std::string(5000, 'x')}, true);
  EXPECT_EQ(endless.log(), "{failed a line of the server is too long}{close}");
  ClientSettings evil = k_plain;
  evil.credentials.user = "fred\r\nDELE 1";
  EXPECT_EQ(Player(evil).hear({"+OK\r\n", "-ERR\r\n"}, false).log(),
            "CAPA|{failed user name or password contains a line end}{close}");
}

TEST(Pop3Client, TellsARefusedLogInFromOtherFailures) {
  const auto refused = [](ClientAuth auth, const std::string& server) {
    ClientSession session(std::make_shared<ClientSettings>(with(ClientTls::none, auth)));
    session.connected();
    for (const ClientEvent& event : session.receive(server))
      if (const auto* failed = std::get_if<Failed>(&event))
        return failed->login_refused ? "refused" : "failed";
    return "nothing";
  };
  const std::string begin = "+OK hi\r\n-ERR what\r\n";
  EXPECT_STREQ(refused(ClientAuth::plain, begin + "+OK\r\n-ERR no\r\n"), "refused");
  EXPECT_STREQ(refused(ClientAuth::xoauth2, begin + "+ e30=\r\n-ERR no\r\n"), "refused");
  EXPECT_STREQ(refused(ClientAuth::plain, begin + "+OK\r\nwhat\r\n"), "failed");
  EXPECT_STREQ(refused(ClientAuth::plain, begin + "+OK\r\n"), "nothing");
}

}  // namespace
}  // namespace stagecoach::pop3
