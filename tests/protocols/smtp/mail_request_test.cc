#include "protocols/smtp/mail_request.h"

#include <gtest/gtest.h>

namespace stagecoach::smtp {
namespace {

/// The events as text. '\1' stands for a TLS handshake, '\2' for the end of the connection, '\3' for a
/// time-out.
class Player {
 public:
  Player(MailRequestKind kind, const std::string& argument, ClientSettings settings)
      : request_(kind, argument, std::make_shared<ClientSettings>(std::move(settings)), "random") {
    take(request_.connected());
  }
  Player& hear(const std::vector<std::string>& server, bool byte_by_byte) {
    for (const std::string& part : server) {
      if (part == "\1")
        take(request_.tls_started());
      else if (part == "\2")
        take(request_.connection_lost(unavailable("reset")));
      else if (part == "\3")
        take(request_.timed_out());
      else if (byte_by_byte)
        for (const char c : part) take(request_.receive(std::string_view(&c, 1)));
      else
        take(request_.receive(part));
    }
    return *this;
  }
  const std::string& log() const { return log_; }
  std::chrono::seconds timeout() const { return request_.timeout(); }

 private:
  void take(RequestEvents events) {
    for (const RequestEvent& event : events) std::visit([this](const auto& one) { on(one); }, event);
  }
  void on(const Output& output) { note(output.bytes.substr(0, output.bytes.find('\r'))); }
  void on(const StartTls&) { note("[tls]"); }
  void on(const RequestTurned&) { note("[turned]"); }
  void on(const Close&) { note("[close]"); }
  void on(const RequestAnswered& answer) {
    note(answer.result ? "[ok: " + *answer.result + "]" : "[error: " + answer.result.error().text() + "]");
  }
  void note(const std::string& text) { log_ += (log_.empty() ? "" : " ") + text; }

  MailRequest request_;
  std::string log_;
};

ClientSettings settings(TlsPolicy tls, bool log_in) {
  ClientSettings settings;
  settings.ehlo_name = "me.example";
  settings.tls = tls;
  settings.timeouts.question = std::chrono::seconds(7);
  if (log_in) settings.login = ClientLogin{{"fred", "secret", ""}, std::nullopt, false};
  return settings;
}

struct Case {
  const char* name;
  std::vector<std::string> server;
  std::string log;
};

void expect_all(MailRequestKind kind, const std::string& argument, const ClientSettings& settings,
                const std::vector<Case>& cases) {
  for (const Case& one : cases)
    for (const bool byte_by_byte : {false, true})
      EXPECT_EQ(Player(kind, argument, settings).hear(one.server, byte_by_byte).log(), one.log)
          << one.name << (byte_by_byte ? ", byte by byte" : "");
}

const std::string k_begin = "EHLO me.example ETRN example.com ";
const std::string k_hello = "220 mx\r\n", k_ready = "250-mx\r\n250 ETRN\r\n", k_bye = "221 bye\r\n";

TEST(MailRequest, EtrnAsksAndLeaves) {  // COL-98
  expect_all(
      MailRequestKind::etrn, "example.com", settings(TlsPolicy::none, false),
      {{"queuing started",
        {k_hello, k_ready, "250 OK queuing started\r\n", k_bye},
        k_begin + "[ok: 250 OK queuing started] QUIT [close]"},
       {"no mail",
        {k_hello, k_ready, "251 OK no messages\r\n", k_bye},
        k_begin + "[ok: 251 OK no messages (no mail waits there)] QUIT [close]"},
       {"how many",
        {k_hello, k_ready, "253 OK 4 pending\r\n", k_bye},
        k_begin + "[ok: 253 OK 4 pending] QUIT [close]"},
       {"not now",
        {k_hello, k_ready, "458 busy\r\n", k_bye},
        k_begin + "[error: Error from remote server on \"ETRN example.com\" -> 458 busy (the server "
                  "cannot start sending now)] QUIT [close]"},
       {"not for us",
        {k_hello, k_ready, "459 no\r\n", k_bye},
        k_begin + "[error: Error from remote server on \"ETRN example.com\" -> 459 no (the server does "
                  "not allow it for this name)] QUIT [close]"},
       {"not known",
        {k_hello, k_ready, "500 what?\r\n", k_bye},
        k_begin + "[error: Error from remote server on \"ETRN example.com\" -> 500 what? (the server "
                  "knows no ETRN)] QUIT [close]"},
       {"an old server",
        {k_hello, "500 what?\r\n", "250 mx\r\n", "250 ok\r\n", k_bye},
        "EHLO me.example HELO me.example ETRN example.com [ok: 250 ok] QUIT [close]"},
       {"refused at once",
        {"554 go away\r\n"},
        "[error: Error from remote server on \"connect\" -> 554 go away] [close]"},
       {"421 instead of an answer",
        {k_hello, k_ready, "421 stopping\r\n"},
        k_begin + "[error: Error from remote server on \"ETRN example.com\" -> 421 stopping] [close]"},
       {"the line breaks", {k_hello, k_ready, "\2"}, k_begin + "[error: question: reset] [close]"},
       {"the line breaks behind the answer",
        {k_hello, k_ready, "250 ok\r\n", "\2"},
        k_begin + "[ok: 250 ok] QUIT [close]"},
       {"silence",
        {k_hello, k_ready, "\3"},
        k_begin + "[error: question: the server did not answer within 7 s] [close]"}});
}

TEST(MailRequest, AtrnLogsInAndTurns) {  // COL-99
  const std::string offer = "250-mx\r\n250-AUTH PLAIN\r\n250 ATRN\r\n";
  const std::string start = "EHLO me.example AUTH PLAIN AGZyZWQAc2VjcmV0 ",
                    ask = start + "ATRN a.example,b.example ";
  const std::string welcome = "235 welcome\r\n";
  const std::string error = "[error: Error from remote server on ";
  expect_all(
      MailRequestKind::atrn, "a.example,b.example", settings(TlsPolicy::implicit, true),
      {{"turned",
        {k_hello, offer, welcome, "250 OK now reversing\r\n"},
        ask + "[ok: 250 OK now reversing] [turned]"},
       {"what comes after the turn is not for this engine",
        {k_hello, offer, welcome, "250 OK\r\n", "EHLO mx\r\n"},
        ask + "[ok: 250 OK] [turned]"},
       {"no mail",
        {k_hello, offer, welcome, "453 You have no mail\r\n", k_bye},
        ask + "[ok: 453 You have no mail (no mail waits there)] QUIT [close]"},
       {"refused",
        {k_hello, offer, welcome, "450 no\r\n", k_bye},
        ask + error +
            "\"ATRN a.example,b.example\" -> 450 no (the provider refuses it for these domains)] QUIT "
            "[close]"},
       {"not now",
        {k_hello, offer, welcome, "451 later\r\n", k_bye},
        ask + error +
            "\"ATRN a.example,b.example\" -> 451 later (the provider cannot do it now)] QUIT [close]"},
       {"not known",
        {k_hello, offer, welcome, "502 no\r\n", k_bye},
        ask + error + "\"ATRN a.example,b.example\" -> 502 no (the provider knows no ATRN)] QUIT [close]"},
       {"not logged in for it",
        {k_hello, offer, welcome, "530 who?\r\n", k_bye},
        ask + error +
            "\"ATRN a.example,b.example\" -> 530 who? (the provider wants a log-in first)] QUIT [close]"},
       {"a wrong password",
        {k_hello, offer, "535 5.7.8 no\r\n"},
        start + error + "\"AUTH PLAIN *****\" -> 535 5.7.8 no] [close]"}});
}

TEST(MailRequest, AtrnOverStartTls) {
  expect_all(MailRequestKind::atrn, "", settings(TlsPolicy::required, true),
             {{"encrypted first",
               {k_hello, "250-mx\r\n250 STARTTLS\r\n", "220 go\r\n", "\1", "250-mx\r\n250 AUTH PLAIN\r\n",
                "235 ok\r\n", "250 ok\r\n"},
               "EHLO me.example STARTTLS [tls] EHLO me.example AUTH PLAIN AGZyZWQAc2VjcmV0 ATRN [ok: 250 ok] "
               "[turned]"},
              {"never without",
               {k_hello, "250 mx\r\n"},
               "EHLO me.example [error: the server does not offer STARTTLS, which is required] [close]"}});
}

/// The greeting is ours: bytes behind the 250 are nobody's.
TEST(MailRequest, AProviderThatSpeaksFirstIsLeft) {
  Player player(MailRequestKind::atrn, "a.example", settings(TlsPolicy::none, false));
  player.hear({k_hello, "250 mx\r\n", "250 ok\r\nEHLO mx\r\n"}, false);
  EXPECT_EQ(player.log(),
            "EHLO me.example ATRN a.example [error: the server went on speaking when the roles had been "
            "exchanged] [close]");
}

TEST(MailRequest, WaitsForTheAnswerAsLongAsItIsTold) {
  Player player(MailRequestKind::etrn, "a.example", settings(TlsPolicy::none, false));
  player.hear({k_hello, k_ready}, false);
  EXPECT_EQ(player.timeout(), std::chrono::seconds(7));
}

}  // namespace
}  // namespace stagecoach::smtp
