#include "protocols/smtp/server_session.h"

#include <gtest/gtest.h>

#include "protocols/sasl/base64.h"
#include "protocols/sasl/client.h"
#include "tests/protocols/smtp/server_player.h"

namespace stagecoach::smtp {
namespace {

ServerSettings all_offered() {
  ServerSettings settings;
  settings.starttls = true;
  settings.require_encrypted_auth = false;
  settings.mechanisms = {sasl::Mechanism::plain, sasl::Mechanism::login, sasl::Mechanism::scram_sha_256};
  settings.limits.message_bytes_max = 1000;
  settings.limits.recipients_max = 3;
  settings.limits.errors_max = 4;
  settings.limits.refused_recipients_max = 2;
  settings.limits.failed_logins_max = 2;
  return settings;
}

ServerSettings of_flavour(Flavour flavour) {
  ServerSettings settings = all_offered();
  settings.flavour = flavour;
  return settings;
}

struct Case {
  const char* name;
  const char* client;
  const char* events;
};

void expect_all(const ServerSettings& settings, const std::vector<Case>& cases) {
  for (const auto& [name, client, events] : cases) {
    EXPECT_EQ(ServerPlayer(settings).say(client, false).log(), events) << name << ", whole";
    EXPECT_EQ(ServerPlayer(settings).say(client, true).log(), events) << name << ", byte by byte";
  }
}

TEST(ServerSession, KeepsTheOrderOfCommands) {
  expect_all(
      all_offered(),
      {
          {"RCPT needs MAIL", "EHLO a\r\nRCPT TO:<b@c.example>\r\n", "250 503"},
          {"a recipient is asked", "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@c.example>\r\n",
           "250 mail: 250 rcpt:b@c.example 250"},
          {"MAIL needs EHLO", "MAIL FROM:<>\r\n", "503"},
          {"no second MAIL", "EHLO a\r\nMAIL FROM:<>\r\nMAIL FROM:<>\r\n", "250 mail: 250 503"},
          {"HELO is enough", "HELO a\r\nMAIL FROM:<a@b.example>\r\n", "250 mail:a@b.example 250"},
          {"EHLO needs a name", "EHLO\r\nEHLO  \r\n", "501 501"},
          {"EHLO can be refused", "EHLO bad\r\nMAIL FROM:<>\r\n", "550 503"},
          {"EHLO resets", "EHLO a\r\nMAIL FROM:<>\r\nEHLO b\r\nMAIL FROM:<>\r\n",
           "250 mail: 250 reset 250 mail: 250"},
          {"RSET resets", "EHLO a\r\nRSET\r\nMAIL FROM:<>\r\nRSET\r\nRCPT TO:<b@c.example>\r\n",
           "250 250 mail: 250 reset 250 503"},
          {"DATA needs RCPT", "EHLO a\r\nDATA\r\nMAIL FROM:<>\r\nDATA\r\n", "250 503 mail: 250 503"},
          {"DATA needs one accepted", "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<no@c.example>\r\nDATA\r\n",
           "250 mail: 250 rcpt:no@c.example 550 554"},
          {"QUIT closes", "QUIT\r\nEHLO a\r\n", "221 close"},
          {"the small ones", "noop x\r\nhelp\r\nvrfy fred\r\nVRFY\r\nEXPN x\r\nETRN x\r\nLHLO a\r\nWHAT\r\n",
           "250 214 252 501 502 502 500 500 421 close"},
          {"a decision of 421 closes", "EHLO a\r\nMAIL FROM:<full@b.example>\r\nNOOP\r\n",
           "250 mail:full@b.example 421 close"},
          {"too many errors", "X\r\nX\r\nX\r\nX\r\nX\r\nX\r\n", "500 500 500 500 500 421 close"},
          {"too many refused recipients",
           "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<no@b.example>\r\nRCPT TO:<no@b.example>\r\nRCPT "
           "TO:<no@b.example>\r\nNOOP\r\n",
           "250 mail: 250 rcpt:no@b.example 550 rcpt:no@b.example 550 rcpt:no@b.example 550 421 close"},
          {"recipients are limited",
           "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nRCPT TO:<b@b.example>\r\nRCPT "
           "TO:<later@b.example>\r\n"
           "RCPT TO:<c@b.example>\r\nRCPT TO:<d@b.example>\r\n",
           "250 mail: 250 rcpt:a@b.example 250 rcpt:b@b.example 250 rcpt:later@b.example 451 "
           "rcpt:c@b.example 250 452"},
      });
}

TEST(ServerSession, ReadsPathsAndParameters) {
  // SMT-18, SMT-23, SMT-68
  expect_all(
      all_offered(),
      {
          {"a space is tolerated", "EHLO a\r\nMAIL FROM: <a@b.example>  SIZE=10 \r\n",
           "250 mail:a@b.example 250"},
          {"brackets are not optional", "EHLO a\r\nMAIL FROM:a@b.example\r\n", "250 501"},
          {"postmaster needs no domain",
           "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nRCPT TO:<fred>\r\n",
           "250 mail: 250 rcpt:Postmaster 250 501"},
          {"the null path is no recipient", "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<>\r\n", "250 mail: 250 501"},
          {"SIZE too large", "EHLO a\r\nMAIL FROM:<> SIZE=1001\r\nMAIL FROM:<> SIZE=99999999999999999999\r\n",
           "250 552 552"},
          {"SIZE malformed", "EHLO a\r\nMAIL FROM:<> SIZE=-1\r\nMAIL FROM:<> SIZE\r\n", "250 501 501"},
          {"unknown parameter", "EHLO a\r\nMAIL FROM:<> FOO=1\r\nMAIL FROM:<> BODY=BINARYMIME\r\n",
           "250 555 555"},
          {"twice", "EHLO a\r\nMAIL FROM:<> RET=FULL ret=HDRS\r\n", "250 501"},
          {"UTF-8 needs SMTPUTF8",
           "EHLO a\r\nMAIL FROM:<\xc3\xa4@b.example>\r\nMAIL FROM:<\xc3\xa4@b.example> SMTPUTF8\r\n",
           "250 553 mail:\xc3\xa4@b.example 250"},
          {"what is not UTF-8 is nothing", "EHLO a\r\nMAIL FROM:<\xc3@b.example> SMTPUTF8\r\n", "250 501"},
          {"NOTIFY=NEVER stands alone",
           "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.example> NOTIFY=NEVER,DELAY\r\n", "250 mail: 250 501"},
          {"DSN on RCPT",
           "EHLO a\r\nMAIL FROM:<> RET=HDRS ENVID=QQ+3314\r\n"
           "RCPT TO:<a@b.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;Fred+40b.example\r\n",
           "250 mail: 250 rcpt:a@b.example 250"},
      });
}

TEST(ServerSession, GivesDsnParametersDecoded) {
  const auto settings = std::make_shared<ServerSettings>(all_offered());
  ServerSession session(settings, "r");
  session.greet();
  session.receive("EHLO a\r\n");
  session.decided({250, "", ""});
  auto events = session.receive(
      "MAIL FROM:<a@b.example> RET=HDRS ENVID=a+2Bb AUTH=c+40d.example BODY=8BITMIME SIZE=7\r\n");
  ASSERT_TRUE(std::holds_alternative<SenderOffered>(events.back()));
  const MailParameters& mail = std::get<SenderOffered>(events.back()).parameters;
  EXPECT_EQ(mail.return_content, ReturnContent::headers);
  EXPECT_EQ(mail.envelope_id, "a+b");
  EXPECT_EQ(mail.auth, "c@d.example");
  EXPECT_EQ(mail.body, BodyType::eight_bit_mime);
  EXPECT_EQ(mail.size_bytes, 7);
  session.decided({250, "2.1.0", "OK"});
  events = session.receive("RCPT TO:<a@b.example> NOTIFY=FAILURE,delay ORCPT=rfc822;x+2Cy@b.example\r\n");
  const EnvelopeRecipient recipient = std::get<RecipientOffered>(events.back()).recipient;
  EXPECT_EQ(recipient,
            (EnvelopeRecipient{"a@b.example", notify_failure | notify_delay, "rfc822;x,y@b.example"}));
}

const std::string k_to_data = "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@c.example>\r\nDATA\r\n";
const std::string k_before = "250 mail: 250 rcpt:b@c.example 250 354 begin ";

TEST(ServerSession, ReadsContentAndRefusesSmuggling) {
  const struct {
    const char* name;
    std::string content;
    const char* events;
    std::string kept;
  } cases[] = {
      {"plain", "a\r\nb\r\n.\r\n", "message:6 250", "a\r\nb\r\n"},
      {"empty", ".\r\n", "message:0 250", ""},
      {"dots", "..a\r\n...\r\n.b\r\n.\r\n", "message:11 250", ".a\r\n..\r\nb\r\n"},
      {"pipelined behind", "a\r\n.\r\nNOOP\r\nQUIT\r\n", "message:3 250 250 221 close", "a\r\n"},
      {"LF dot LF", "a\n.\nMAIL FROM:<x@y.example>\r\n.\r\n", "reset 550", ""},
      {"CRLF dot LF", "a\r\n.\nMAIL FROM:<x@y.example>\r\n.\r\n", "reset 550", "a\r\n"},
      {"LF dot CRLF", "a\n.\r\nMAIL FROM:<x@y.example>\r\n.\r\n", "reset 550", ""},
      {"CR dot CR", "a\r.\rMAIL FROM:<x@y.example>\r\n.\r\n", "reset 550", ""},
      {"CRLF dot CR", "a\r\n.\rb\r\n.\r\n", "reset 550", "a\r\n"},
      {"CR CRLF dot CR CRLF", "a\r\r\n.\r\r\nb\r\n.\r\n", "reset 550", ""},
      {"dot CR CR LF", "a\r\n.\r\r\n.\r\n", "reset 550", "a\r\n"},
      {"NUL is content", std::string("a\0b\r\n.\r\n", 8), "message:5 250", std::string("a\0b\r\n", 5)},
      {"too large", std::string(1200, 'x') + "\r\n.\r\nNOOP\r\n", "reset 552 250", ""},
  };
  for (const auto& [name, content, events, kept] : cases)
    for (const bool byte_by_byte : {false, true}) {
      ServerPlayer player(all_offered());
      player.say(k_to_data + content, byte_by_byte);
      const std::string shown = k_before + events;
      EXPECT_EQ(player.log(), shown) << name << byte_by_byte;
      const bool offered = shown.find("message") != std::string::npos;
      EXPECT_EQ(offered ? player.content() : kept, kept) << name << byte_by_byte;
    }
}

TEST(ServerSession, RefusesBareLineEndsInCommands) {
  expect_all(all_offered(), {
                                {"a bare LF is refused", "EHLO a\nMAIL FROM:<>\r\n", "500"},
                                {"a bare CR is refused", "EHLO a\rMAIL FROM:<>\r\nNOOP\r\n", "500 250"},
                            });
  const std::string long_line(3000, 'x');
  for (const bool byte_by_byte : {false, true}) {
    EXPECT_EQ(ServerPlayer(all_offered()).say(long_line + "\r\nNOOP\r\n", byte_by_byte).log(), "500 250");
    EXPECT_EQ(ServerPlayer(all_offered())
                  .say("NOOP " + long_line + long_line + long_line + long_line + long_line + "\r\nNOOP\r\n",
                       byte_by_byte)
                  .log(),
              "500 250");
    const std::string with_nul("NOOP\0\r\n", 7);
    EXPECT_EQ(ServerPlayer(all_offered()).say(with_nul, byte_by_byte).log(), "500");
  }
}

TEST(ServerSession, TakesChunks) {
  const std::string begin = "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@c.example>\r\n";
  const std::string before = "250 mail: 250 rcpt:b@c.example 250 ";
  const struct {
    const char* name;
    std::string client;
    const char* events;
    const char* kept;
  } cases[] = {
      {"one chunk", "BDAT 5 LAST\r\nabc\r\nNOOP\r\n", "begin message:5 250 250", "abc\r\n"},
      {"dots are content", "BDAT 5 LAST\r\n.\r\n\r\n", "begin message:5 250", ".\r\n\r\n"},
      {"two chunks, CR LF between", "BDAT 4\r\nabc\rBDAT 3 LAST\r\n\nd\n", "begin 250 reset 550", nullptr},
      {"a line end in two chunks", "BDAT 4\r\nabc\rBDAT 1 LAST\r\n\n", "begin 250 message:5 250", "abc\r\n"},
      {"an empty last chunk", "BDAT 3\r\na\r\nBDAT 0 LAST\r\nNOOP\r\n", "begin 250 message:3 250 250",
       "a\r\n"},
      {"the last line end is added", "BDAT 1 last\r\na", "begin message:3 250", "a\r\n"},
      {"a CR at the end", "BDAT 2 LAST\r\na\rNOOP\r\n", "begin reset 550 250", nullptr},
      {"bare LF in an early chunk", "BDAT 2\r\na\nBDAT 2 LAST\r\nxxNOOP\r\n", "begin reset 550 503 250",
       nullptr},
      {"RSET between chunks", "BDAT 1\r\naRSET\r\nBDAT 1 LAST\r\nb", "begin 250 reset 250 503", nullptr},
      {"DATA after BDAT", "BDAT 1\r\naDATA\r\n", "begin 250 503", nullptr},
      {"too large", "BDAT 2000 LAST\r\n" + std::string(2000, 'x') + "NOOP\r\n", "begin reset 552 250",
       nullptr},
      {"no size", "BDAT LAST\r\nNOOP\r\n", "421 close", nullptr},
      {"a negative size", "BDAT -1 LAST\r\nNOOP\r\n", "421 close", nullptr},
  };
  for (const auto& [name, client, events, kept] : cases)
    for (const bool byte_by_byte : {false, true}) {
      ServerPlayer player(all_offered());
      player.say(begin + client, byte_by_byte);
      EXPECT_EQ(player.log(), before + events) << name << byte_by_byte;
      EXPECT_EQ(kept ? player.content() : "", kept ? kept : "") << name << byte_by_byte;
    }
  // The chunk behind a refused recipient must not be taken for commands.
  expect_all(
      all_offered(),
      {{"no recipient", "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<no@c.example>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n",
        "250 mail: 250 rcpt:no@c.example 550 554 250"}});
}

TEST(ServerSession, StartsTlsAndForgetsWhatCameBefore) {
  expect_all(all_offered(),
             {
                 {"the handshake", "EHLO a\r\nSTARTTLS\r\n\1MAIL FROM:<>\r\nEHLO a\r\nSTARTTLS\r\n",
                  "250 220 starttls 503 250 503"},
                 {"clear text behind STARTTLS", "EHLO a\r\nSTARTTLS\r\nMAIL FROM:<>\r\n\1NOOP\r\n",
                  "250 220 starttls close"},
                 {"not in a transaction", "EHLO a\r\nMAIL FROM:<>\r\nSTARTTLS\r\n", "250 mail: 250 503"},
                 {"no parameters", "EHLO a\r\nSTARTTLS now\r\n", "250 501"},
             });
  ServerSettings required = all_offered();
  required.require_tls = true;
  expect_all(
      required,
      {{"TLS is required",
        "EHLO a\r\nMAIL FROM:<>\r\nAUTH PLAIN AGZyZWQAc2VjcmV0\r\nSTARTTLS\r\n\1EHLO a\r\nMAIL FROM:<>\r\n",
        "250 530 530 220 starttls 250 mail: 250"}});
}

TEST(ServerSession, Authenticates) {
  // SMT-75
  expect_all(
      of_flavour(Flavour::submission),
      {
          {"authentication is required", "EHLO a\r\nMAIL FROM:<>\r\n", "250 530"},
          {"PLAIN at once", "EHLO a\r\nAUTH PLAIN AGZyZWQAc2VjcmV0\r\nMAIL FROM:<>\r\n",
           "250 password:fred/secret user:fred 235 mail: 250"},
          {"PLAIN asked", "EHLO a\r\nauth plain\r\nAGZyZWQAc2VjcmV0\r\n",
           "250 334 password:fred/secret user:fred 235"},
          {"LOGIN", "EHLO a\r\nAUTH LOGIN\r\nZnJlZA==\r\nc2VjcmV0\r\n",
           "250 334 334 password:fred/secret user:fred 235"},
          {"LOGIN with a name", "EHLO a\r\nAUTH LOGIN ZnJlZA==\r\nc2VjcmV0\r\n",
           "250 334 password:fred/secret user:fred 235"},
          {"pipelined behind AUTH", "EHLO a\r\nAUTH PLAIN AGZyZWQAc2VjcmV0\r\nNOOP\r\nAUTH PLAIN\r\n",
           "250 password:fred/secret user:fred 235 250 503"},
          {"a command in place of a response", "EHLO a\r\nAUTH PLAIN\r\nNOOP\r\nNOOP\r\n", "250 334 501 250"},
          {"cancelled", "EHLO a\r\nAUTH LOGIN\r\n*\r\nNOOP\r\n", "250 334 501 250"},
          {"an empty response", "EHLO a\r\nAUTH PLAIN =\r\n", "250 501"},
          {"bad base64", "EHLO a\r\nAUTH PLAIN AGZyZWQAc2VjcmV\r\nAUTH PLAIN !\r\n", "250 501 501"},
          {"not now", "EHLO a\r\nAUTH PLAIN AGRvd24AeA==\r\nNOOP\r\n", "250 password:down/x 454 250"},
          {"unknown mechanisms", "EHLO a\r\nAUTH CRAM-MD5\r\nAUTH\r\n", "250 504 504"},
          {"too many failures", "EHLO a\r\nAUTH PLAIN AGZyZWQAeA==\r\nAUTH PLAIN AGZyZWQAeA==\r\nNOOP\r\n",
           "250 password:fred/x failed 535 password:fred/x failed 535 421 close"},
          {"AUTH needs EHLO", "AUTH PLAIN AGZyZWQAc2VjcmV0\r\n", "503"},
      });
  ServerSettings encrypted = all_offered();  // SMT-06
  encrypted.require_encrypted_auth = true;
  expect_all(encrypted, {{"PLAIN needs TLS", "EHLO a\r\nAUTH PLAIN AGZyZWQAc2VjcmV0\r\n", "250 538"}});
}

std::string last_line(const std::string& raw) {
  const auto end = raw.rfind("\r\n");
  const auto start = raw.rfind('\n', end);
  return raw.substr(start + 1, end - start - 1);
}

TEST(ServerSession, SpeaksScram) {
  for (const bool right : {true, false}) {
    ServerPlayer player(all_offered());
    sasl::ClientExchange client(sasl::Mechanism::scram_sha_256, {"fred", right ? "secret" : "wrong", ""},
                                "abc");
    player.say("EHLO a\r\nAUTH SCRAM-SHA-256 " + sasl::encode_base64(*client.initial_response()) + "\r\n",
               false);
    for (int step = 0; step < 2 && last_line(player.raw()).starts_with("334 "); ++step) {
      const auto answer = client.step(*sasl::decode_base64(last_line(player.raw()).substr(4)));
      ASSERT_TRUE(answer);
      player.say(sasl::encode_base64(*answer) + "\r\n", true);
    }
    EXPECT_EQ(player.log(), right ? "250 334 334 user:fred 235" : "250 334 failed 535");
    EXPECT_EQ(client.finished(), right);
  }
}

TEST(ServerSession, SpeaksLmtp) {
  const std::string two =
      "LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<fred>\r\nRCPT TO:<no@b.example>\r\nRCPT TO:<c@b.example>\r\n";
  const std::string begin = "250 mail: 250 rcpt:fred 250 rcpt:no@b.example 550 rcpt:c@b.example 250 ";
  const std::string cases[][2] = {
      {"EHLO a\r\nHELO a\r\nMAIL FROM:<>\r\n", "500 500 503"},
      {two + "DATA\r\none\r\n.\r\nQUIT\r\n", begin + "354 begin message:5 250 250 221 close"},
      {two + "DATA\r\ntwo\r\n.\r\n", begin + "354 begin message:5 250 452"},
      {two + "BDAT 5 LAST\r\ntwo\r\n", begin + "begin message:5 250 452"},
      {two + "DATA\r\nbare\nLF\r\n.\r\n", begin + "354 begin reset 550 550"},
      {"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<no@b.example>\r\nDATA\r\n",
       "250 mail: 250 rcpt:no@b.example 550 503"},
  };
  for (const auto& [client, events] : cases)
    for (const bool byte_by_byte : {false, true})
      EXPECT_EQ(ServerPlayer(of_flavour(Flavour::lmtp)).say(client, byte_by_byte).log(), events) << client;
}

TEST(ServerSession, AnnouncesWhatItOffers) {
  // SMT-19, SMT-66
  const auto settings = std::make_shared<ServerSettings>(all_offered());
  settings->hostname = "mx.example";
  ServerSession session(settings, "r");
  auto events = session.greet();
  EXPECT_EQ(std::get<Output>(events.at(0)).bytes, "220 mx.example ESMTP server ready\r\n");
  session.receive("EHLO a\r\n");
  events = session.decided({250, "", ""});
  EXPECT_EQ(
      std::get<Output>(events.at(0)).bytes,
      "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n"
      "250-SMTPUTF8\r\n250-DSN\r\n250-CHUNKING\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN SCRAM-SHA-256\r\n"
      "250 HELP\r\n");
}

TEST(ServerSession, AnswersABurstWithOneOutput) {
  ServerPlayer player(all_offered());
  const auto events = player.session().receive("NOOP\r\nNOOP\r\nRSET\r\nEHLO a\r\n");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(std::get<Output>(events[0]).bytes, "250 2.0.0 OK\r\n250 2.0.0 OK\r\n250 2.0.0 OK\r\n");
}

TEST(ServerSession, ObeysItsOwner) {
  ServerPlayer late(all_offered());
  late.take(late.session().timed_out());
  EXPECT_EQ(late.raw(), "421 4.4.2 mx.example Timeout, closing the connection\r\n");
  EXPECT_EQ(late.say("NOOP\r\n", false).log(), "421 close");

  ServerPlayer refusing(all_offered());
  refusing.say(k_to_data + "abc", false);
  refusing.take(refusing.session().refuse_content({452, "4.3.1", "No memory"}));
  EXPECT_EQ(refusing.say("def\r\n.\r\nNOOP\r\n", false).log(), k_before + "reset 452 250");

  ServerSession session(std::make_shared<ServerSettings>(all_offered()), "r");
  session.receive("EHLO a\r\n");
  EXPECT_TRUE(session.greet().size() == 2 && session.spoke_first());
  EXPECT_TRUE(session.waiting());
  const auto flood = session.receive(std::string(2 * 1024 * 1024, 'x'));
  EXPECT_TRUE(session.closed());
  EXPECT_TRUE(std::holds_alternative<Close>(flood.back()));
}

TEST(ServerSession, LimitsLinesAndTransactions) {
  ServerSettings strict = all_offered();  // SMT-74
  strict.limits.text_line_bytes_max = 10;
  strict.limits.transactions_max = 1;  // SMT-30
  expect_all(
      strict,
      {
          {"a line of ten",
           "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@c.example>\r\nDATA\r\n0123456789\r\n.\r\nMAIL FROM:<>\r\n",
           "250 mail: 250 rcpt:b@c.example 250 354 begin message:12 250 421 close"},
          {"a line of eleven",
           "EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@c.example>\r\nDATA\r\n0123456789x\r\n.\r\n",
           "250 mail: 250 rcpt:b@c.example 250 354 begin reset 550"},
      });
}

}  // namespace
}  // namespace stagecoach::smtp
