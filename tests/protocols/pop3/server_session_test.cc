#include "protocols/pop3/server_session.h"

#include <gtest/gtest.h>

#include <deque>

#include "protocols/pop3/content_filter.h"

namespace stagecoach::pop3 {
namespace {

/// An owner with one mailbox: fred, password secret. '\1' in the client's words stands for a TLS handshake.
class Player {
 public:
  explicit Player(ServerSettings settings = {},
                  std::vector<std::string> messages = {"A: b\r\n\r\none\r\ntwo\r\n", ".\r\n"},
                  Result<void> opens = {})
      : texts_(std::move(messages)),
        opens_(std::move(opens)),
        session_(std::make_shared<ServerSettings>(std::move(settings)), "random") {
    take(session_.greet());
    log_.clear();  // the greeting has its own test
  }
  Player& say(std::string_view client, bool byte_by_byte) {
    for (std::size_t at = 0; at < client.size();) {
      if (client[at] == '\1') {
        take(session_.tls_started());
        ++at;
        continue;
      }
      const auto rest = client.substr(at, client.substr(at).find('\1'));
      const auto part = rest.substr(0, byte_by_byte ? 1 : rest.size());
      take(session_.receive(part));
      at += part.size();
    }
    return *this;
  }
  /// Line ends as "|".
  const std::string& log() const { return log_; }
  ServerSession& session() { return session_; }
  int questions = 0;

 private:
  void take(ServerEvents events) {
    std::deque<ServerEvent> queue(std::make_move_iterator(events.begin()),
                                  std::make_move_iterator(events.end()));
    while (!queue.empty()) {
      const ServerEvent event = std::move(queue.front());
      queue.pop_front();
      for (ServerEvent& answer : std::visit([this](const auto& e) { return on(e); }, event))
        queue.push_back(std::move(answer));
    }
  }
  ServerEvents note(const std::string& text) {
    log_ += text;
    return {};
  }
  ServerEvents on(const Output& output) {
    std::string text;
    for (const char c : output.bytes)
      if (c != '\r') text += c == '\n' ? '|' : c;
    return note(text);
  }
  ServerEvents on(const StartTls&) { return note("{tls}"); }
  ServerEvents on(const PasswordOffered& offer) {
    if (offer.user == "down") return session_.password_checked(sasl::PasswordVerdict::unavailable);
    const bool right = offer.user == "fred" && offer.password == "secret ";
    return session_.password_checked(right ? sasl::PasswordVerdict::accepted
                                           : sasl::PasswordVerdict::refused);
  }
  ServerEvents on(const VerifierWanted&) { return session_.verifier_unavailable(); }
  ServerEvents on(const ApopOffered& offer) {
    note("{" + offer.digest + "}");
    return session_.password_checked(sasl::PasswordVerdict::accepted);
  }
  ServerEvents on(const AuthenticationFailed& failed) { return note("{failed " + failed.user + "}"); }
  ServerEvents on(const MailboxWanted& wanted) {
    if (!opens_) return session_.opened(opens_.error());
    note("{open " + wanted.user + "}");
    MaildropSnapshot snapshot;
    for (std::size_t i = 0; i < texts_.size(); ++i)
      snapshot.messages.push_back({static_cast<std::int64_t>(texts_[i].size()), "uid" + std::to_string(i + 7),
                                   ContentId{static_cast<std::int64_t>(i + 1)}});
    return session_.opened(std::move(snapshot));
  }
  ServerEvents on(const ContentWanted& wanted) {
    ++questions;
    EXPECT_EQ(wanted.content.value, static_cast<std::int64_t>(wanted.index + 1));
    const std::string& text = texts_.at(wanted.index);
    if (text == "gone") return session_.content_failed(unavailable("no database"));
    if (text == "breaks off" && wanted.offset > 0) return session_.content_failed(unavailable("no database"));
    return session_.content(std::string_view(text).substr(static_cast<std::size_t>(wanted.offset),
                                                          static_cast<std::size_t>(wanted.length)));
  }
  ServerEvents on(const DeleteAndQuit& wanted) {
    std::string text = "{delete";
    for (const std::size_t index : wanted.indices) text += " " + std::to_string(index);
    note(text + "}");
    return session_.deleted(Result<void>());
  }
  ServerEvents on(const Close&) { return note("{close}"); }

  std::vector<std::string> texts_;
  Result<void> opens_;
  ServerSession session_;
  std::string log_;
};

struct Case {
  const char* name;
  std::string client;
  std::string log;
};

void expect_all(const ServerSettings& settings, const std::vector<Case>& cases) {
  for (const auto& [name, client, log] : cases) {
    EXPECT_EQ(Player(settings).say(client, false).log(), log) << name << ", whole";
    EXPECT_EQ(Player(settings).say(client, true).log(), log) << name << ", byte by byte";
  }
}

ServerSettings all_offered() {
  ServerSettings settings;
  settings.hostname = "pop.example";
  settings.stls = true;
  settings.mechanisms = {sasl::Mechanism::plain, sasl::Mechanism::login, sasl::Mechanism::scram_sha_256};
  settings.limits.failed_logins_max = 2;
  settings.limits.errors_max = 3;
  return settings;
}

const std::string k_login = "USER fred\r\nPASS secret \r\n";
const std::string k_logged_in = "+OK Enter password|{open fred}+OK 2 messages (21 octets)|";

TEST(Pop3Server, SpeaksRfc1939) {
  // POP-01, POP-04, POP-06
  expect_all(
      all_offered(),
      {
          {"STAT", k_login + "STAT\r\n", k_logged_in + "+OK 2 21|"},
          {"LIST", k_login + "list\r\nLIST 2\r\nLIST 3\r\n",
           k_logged_in + "+OK 2 messages (21 octets)|1 18|2 3|.|+OK 2 3|-ERR no such message|"},
          {"UIDL", k_login + "UIDL\r\nUIDL 1\r\n",
           k_logged_in + "+OK 2 messages (21 octets)|1 uid7|2 uid8|.|+OK 1 uid7|"},
          {"RETR", k_login + "RETR 1\r\nRETR 2\r\n",
           k_logged_in + "+OK 18 octets|A: b||one|two|.|+OK 3 octets|..|.|"},
          {"RETR of nothing", k_login + "RETR 0\r\nRETR\r\nRETR x\r\n",
           k_logged_in +
               "-ERR no such message|-ERR a message number is missing|-ERR a message number is missing|"},
          {"TOP", k_login + "TOP 1 0\r\nTOP 1 1\r\nTOP 1 9\r\nTOP 1\r\n",
           k_logged_in + "+OK|A: b||.|+OK|A: b||one|.|+OK|A: b||one|two|.|-ERR say TOP message lines|"},
          {"DELE marks", k_login + "DELE 1\r\nDELE 1\r\nSTAT\r\nLIST\r\nRETR 1\r\nRSET\r\nQUIT\r\n",
           k_logged_in + "+OK message 1 deleted|-ERR no such message|+OK 1 3|+OK 1 messages (3 octets)|2 "
                         "3|.|-ERR no such message|"
                         "+OK 2 messages (21 octets)|+OK signing off|{close}"},
          {"QUIT deletes", k_login + "DELE 2\r\nQUIT\r\nNOOP\r\n",
           k_logged_in + "+OK message 2 deleted|{delete 1}+OK signing off|{close}"},
          {"QUIT at once", "QUIT\r\n", "+OK signing off|{close}"},
          {"NOOP", k_login + "NOOP\r\n", k_logged_in + "+OK|"},
          {"order", "STAT\r\n" + k_login + "USER fred\r\n",
           "-ERR log in first|" + k_logged_in + "-ERR already logged in|"},
          {"LF alone", "USER fred\nPASS secret \nSTAT\n", k_logged_in + "+OK 2 21|"},
          {"a bare CR", "USER fr\red\r\n", "-ERR a command has no CR or NUL in it|"},
          {"too many errors", "X\r\nX\r\nX\r\nX\r\nX\r\n",
           "-ERR unknown command|-ERR unknown command|-ERR unknown command|-ERR unknown command|-ERR too "
           "many errors|{close}"},
      });
}

TEST(Pop3Server, LogsIn) {
  // POP-10
  expect_all(
      all_offered(),
      {
          {"PASS needs USER", "PASS x\r\n", "-ERR send USER first|"},
          {"failures close", "USER a\r\nPASS x\r\nPASS x\r\nUSER a\r\nPASS y\r\nNOOP\r\n",
           "+OK Enter password|{failed a}-ERR [AUTH] invalid user name or password|-ERR send USER first|+OK "
           "Enter password|"
           "{failed a}-ERR [AUTH] invalid user name or password|{close}"},
          {"not now", "USER down\r\nPASS x\r\n",
           "+OK Enter password|-ERR [SYS/TEMP] temporary authentication failure, try again later|"},
          {"AUTH PLAIN", "AUTH PLAIN AGZyZWQAc2VjcmV0IA==\r\nSTAT\r\n",
           "{open fred}+OK 2 messages (21 octets)|+OK 2 21|"},
          {"AUTH LOGIN", "AUTH LOGIN\r\nZnJlZA==\r\nc2VjcmV0IA==\r\n",
           "+ VXNlcm5hbWU6|+ UGFzc3dvcmQ6|{open fred}+OK 2 messages (21 octets)|"},
          {"AUTH refused", "AUTH PLAIN AGZyZWQAeA==\r\n",
           "{failed fred}-ERR [AUTH] invalid user name or password|"},
          {"AUTH cancelled", "AUTH PLAIN\r\n*\r\n", "+ |-ERR authentication cancelled|"},
          {"AUTH not now", "AUTH SCRAM-SHA-256 biwsbj1hLHI9Yg==\r\n",
           "-ERR [SYS/TEMP] temporary authentication failure, try again later|"},
          {"AUTH alone", "AUTH\r\nAUTH X\r\n",
           "+OK mechanisms follow|PLAIN|LOGIN|SCRAM-SHA-256|.|-ERR mechanism is not supported|"},
          {"APOP is off", "APOP fred c4c9334bac560ecc979e58001b3e22fb\r\n", "-ERR APOP is not available|"},
      });
  ServerSettings apop = all_offered();
  apop.apop = true;
  expect_all(apop, {{"APOP", "APOP fred C4C9334BAC560ECC979E58001B3E22FB\r\n",
                     "{c4c9334bac560ecc979e58001b3e22fb}{open fred}+OK 2 messages (21 octets)|"}});
}

TEST(Pop3Server, StartsTls) {
  // POP-02, POP-14
  expect_all(all_offered(),
             {
                 {"STLS", "USER fred\r\nSTLS\r\n\1PASS secret \r\nSTLS\r\n",
                  "+OK Enter password|+OK begin TLS|{tls}-ERR send USER first|-ERR TLS is on already|"},
                 {"clear text behind STLS", "STLS\r\nUSER fred\r\n\1NOOP\r\n", "+OK begin TLS|{tls}{close}"},
                 {"not when logged in", k_login + "STLS\r\n", k_logged_in + "-ERR already logged in|"},
             });
  ServerSettings required = all_offered();
  required.require_tls = true;
  expect_all(required,
             {{"required", "USER fred\r\nAUTH PLAIN\r\nCAPA\r\nSTLS\r\n\1" + k_login,
               "-ERR [AUTH] encryption is required, use STLS first|-ERR [AUTH] encryption is required, use "
               "STLS first|"
               "+OK Capability list follows|TOP|UIDL|RESP-CODES|AUTH-RESP-CODE|PIPELINING|UTF8|EXPIRE "
               "NEVER|LOGIN-DELAY 0|"
               "STLS|IMPLEMENTATION Stagecoach|.|+OK begin TLS|{tls}" +
                   k_logged_in}});
}

TEST(Pop3Server, RefusesASecondSession) {
  // POP-03
  const std::pair<Error, const char*> cases[] = {
      {conflict("locked"), "+OK Enter password|-ERR [IN-USE] Mailbox Locked|"},
      {unavailable("no database"),
       "+OK Enter password|-ERR [SYS/TEMP] the mailbox cannot be opened, try again later|"},
      {not_found("no such mailbox"), "+OK Enter password|-ERR [AUTH] no mailbox for this user|"},
  };
  for (const auto& [error, log] : cases) EXPECT_EQ(Player({}, {}, error).say(k_login, false).log(), log);
}

TEST(Pop3Server, GreetsAndEnds) {
  ServerSettings settings = all_offered();
  EXPECT_EQ(
      std::get<Output>(ServerSession(std::make_shared<ServerSettings>(settings), "r").greet().at(0)).bytes,
      "+OK POP3 server ready\r\n");
  settings.apop = true;
  const auto events = ServerSession(std::make_shared<ServerSettings>(settings), "r").greet();
  EXPECT_TRUE(std::get<Output>(events.at(0)).bytes.ends_with("@pop.example>\r\n"));
  ServerSession session(std::make_shared<ServerSettings>(settings), "r");
  EXPECT_EQ(session.timed_out().size(), 1u);
  EXPECT_TRUE(session.closed() && session.greet().empty());
}

TEST(Pop3Server, PullsContentInRanges) {
  ServerSettings settings = all_offered();
  settings.limits.range_bytes = 10;
  std::string large;
  for (int i = 0; i < 20; ++i) large += ".line\r\n";
  std::string stuffed;
  for (int i = 0; i < 20; ++i) stuffed += "..line|";
  Player player(settings, {large});
  EXPECT_EQ(player.say(k_login + "RETR 1\r\n", false).log(),
            "+OK Enter password|{open fred}+OK 1 messages (140 octets)|+OK 140 octets|" + stuffed + ".|");
  EXPECT_EQ(player.questions, 14);
  EXPECT_EQ(Player({}, {"gone"}).say(k_login + "RETR 1\r\nNOOP\r\n", false).log(),
            "+OK Enter password|{open fred}+OK 1 messages (4 octets)|-ERR [SYS/TEMP] the message cannot be "
            "read now|+OK|");
  settings.limits.range_bytes = 5;
  EXPECT_EQ(Player(settings, {"breaks off"}).say(k_login + "RETR 1\r\nNOOP\r\n", false).log(),
            "+OK Enter password|{open fred}+OK 1 messages (10 octets)|+OK 10 octets|break{close}");
  EXPECT_EQ(Player({}, {""}).say(k_login + "RETR 1\r\n", false).log(),
            "+OK Enter password|{open fred}+OK 1 messages (0 octets)|+OK 0 octets|.|");
}

TEST(Pop3Server, TrimsTrailingBlankLines) {
  // POP-08
  const std::string text = "A: b\r\n\r\none\r\n\r\ntwo\r\n\r\n\r\n\r\n";
  for (const std::size_t range : {1, 2, 3, 7, 100}) {
    ServerSettings settings = all_offered();
    settings.trim_trailing_blank_lines = true;
    settings.limits.range_bytes = range;
    const std::string log = Player(settings, {text}).say(k_login + "RETR 1\r\n", false).log();
    EXPECT_TRUE(log.ends_with("octets|A: b||one||two|.|")) << log << range;
  }
}

TEST(Pop3Server, LimitsLines) {
  const std::string line(20000, 'x');
  for (const bool byte_by_byte : {false, true})
    EXPECT_EQ(Player(all_offered()).say(line + "\r\nQUIT\r\n", byte_by_byte).log(),
              "-ERR line too long|+OK signing off|{close}");
}

TEST(TopFilter, StopsForEverySplit) {
  const struct {
    const char* text;
    std::uint64_t lines;
    const char* wanted;
  } cases[] = {
      {"A: b\r\n\r\nx\r\ny\r\n", 1, "A: b\r\n\r\nx\r\n"},
      {"A: b\n\nx\ny\n", 1, "A: b\n\nx\n"},
      {"\r\nx\r\n", 0, "\r\n"},
      {"A: b\r\n", 5, "A: b\r\n"},
      {"A: b\r\n \r\n\r\nx\r\n", 0, "A: b\r\n \r\n\r\n"},
  };
  for (const auto& [text, lines, wanted] : cases)
    for (const std::size_t step : {1, 2, 3, 100}) {
      TopFilter filter(lines);
      std::string out;
      const std::string_view all = text;
      for (std::size_t at = 0; at < all.size() && !filter.done(); at += step)
        out += filter.take(all.substr(at, step));
      EXPECT_EQ(out, wanted) << step;
    }
}

}  // namespace
}  // namespace stagecoach::pop3
