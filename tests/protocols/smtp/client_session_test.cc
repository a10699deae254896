#include "protocols/smtp/client_session.h"

#include <gtest/gtest.h>

#include <deque>

#include "protocols/sasl/base64.h"

namespace stagecoach::smtp {
namespace {

const char* word(Outcome outcome) {
  return outcome == Outcome::delivered   ? "delivered"
         : outcome == Outcome::temporary ? "temporary"
                                         : "permanent";
}

/// Plays a server against a ClientSession. The owner gives `content` in pieces when asked, and says quit when
/// idle.
/// '\1' stands for a TLS handshake, '\2' for the end of the connection.
class ClientPlayer {
 public:
  ClientPlayer(ClientSettings settings, std::vector<Transaction> transactions,
               std::vector<std::string> content = {"hi\r\n"})
      : session_(std::make_shared<ClientSettings>(std::move(settings)), "random"),
        content_(std::move(content)) {
    for (Transaction& transaction : transactions) take(session_.send(std::move(transaction)));
    take(session_.connected());
  }

  ClientPlayer& hear(const std::vector<std::string>& server, bool byte_by_byte) {
    for (const std::string& part : server) {
      if (part == "\1")
        take(session_.tls_started());
      else if (part == "\2")
        take(session_.connection_lost(unavailable("connection reset")));
      else if (byte_by_byte)
        for (const char c : part) take(session_.receive(std::string_view(&c, 1)));
      else
        take(session_.receive(part));
    }
    return *this;
  }
  const std::string& log() const { return log_; }
  ClientSession& session() { return session_; }
  const MessageResult& result() const { return result_; }

 private:
  void take(ClientEvents events) {
    std::deque<ClientEvent> queue(std::make_move_iterator(events.begin()),
                                  std::make_move_iterator(events.end()));
    while (!queue.empty()) {
      const ClientEvent event = std::move(queue.front());
      queue.pop_front();
      for (ClientEvent& answer : std::visit([this](const auto& e) { return on(e); }, event))
        queue.push_back(std::move(answer));
    }
  }
  ClientEvents note(const std::string& text) {
    log_ += (log_.empty() ? "" : " ") + text;
    return {};
  }
  ClientEvents on(const Output& output) {
    std::string text;
    for (const char c : output.bytes)
      if (c != '\r') text += c == '\n' ? '|' : c;
    return note(text);
  }
  ClientEvents on(const StartTls&) { return note("starttls"); }
  ClientEvents on(const TransactionBegun&) { return note("begun"); }
  ClientEvents on(const RecipientResult& r) {
    return note("rcpt" + std::to_string(r.index) + ":" + std::to_string(r.reply.code));
  }
  ClientEvents on(const ContentWanted&) {
    const std::string part = content_.at(part_++);
    const bool last = part_ == content_.size();
    if (last) part_ = 0;
    return session_.content(part, last);
  }
  ClientEvents on(const MessageResult& result) {
    result_ = result;
    std::string text = "result";
    for (const auto& recipient : result.recipients) text += std::string(":") + word(recipient.outcome);
    return note(text + (result.unknown ? ":unknown" : ""));
  }
  ClientEvents on(const Idle&) {
    note("idle");
    return session_.quit();
  }
  ClientEvents on(const SessionFailed& failed) {
    return note("failed:" + std::string(name(failed.stage)) + ":" + failed.error.text() +
                (failed.permanent ? ":permanent" : ""));
  }
  ClientEvents on(const Close&) { return note("close"); }

  ClientSession session_;
  std::vector<std::string> content_;
  std::size_t part_ = 0;
  std::string log_;
  MessageResult result_;
};

Transaction to(std::vector<std::string> recipients) {
  Transaction transaction;
  transaction.envelope.reverse_path = "a@b.example";
  for (auto& recipient : recipients) transaction.envelope.recipients.push_back({recipient, notify_unset, ""});
  return transaction;
}

ClientSettings plain() {
  ClientSettings settings;
  settings.ehlo_name = "me.example";
  settings.tls = TlsPolicy::none;
  return settings;
}

ClientSettings with(TlsPolicy tls) {
  ClientSettings settings = plain();
  settings.tls = tls;
  return settings;
}

ClientSettings logging_in(std::optional<sasl::Mechanism> mechanism, bool in_clear) {
  ClientSettings settings = plain();
  settings.login = ClientLogin{{"fred", "secret", ""}, mechanism, in_clear};
  return settings;
}

ClientSettings lmtp() {
  ClientSettings settings = plain();
  settings.flavour = Flavour::lmtp;
  return settings;
}

const std::string k_pipelining = "250-mx\r\n250 PIPELINING\r\n";
const std::string k_begin = "EHLO me.example| begun MAIL FROM:<a@b.example>|";

struct Case {
  const char* name;
  ClientSettings settings;
  std::vector<Transaction> transactions;
  std::vector<std::string> server;
  std::string log;
};

void expect_all(const std::vector<Case>& cases) {
  for (const Case& one : cases)
    for (const bool byte_by_byte : {false, true}) {
      ClientPlayer player(one.settings, one.transactions);
      EXPECT_EQ(player.hear(one.server, byte_by_byte).log(), one.log)
          << one.name << (byte_by_byte ? ", byte by byte" : ", whole");
    }
}

TEST(ClientSession, SendsMessages) {
  expect_all({
      {"one by one",
       plain(),
       {to({"c@d.example"})},
       {"220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 2.0.0 queued\r\n",
        "221 bye\r\n"},
       k_begin + " RCPT TO:<c@d.example>| rcpt0:250 DATA| hi|.| result:delivered idle QUIT| close"},
      {"in one write",
       plain(),
       {to({"c@d.example", "e@d.example"})},
       {"220 mx\r\n", k_pipelining, "250 ok\r\n250 ok\r\n550 5.1.1 no\r\n354 go\r\n", "250 queued\r\n",
        "221 bye\r\n"},
       k_begin + "RCPT TO:<c@d.example>|RCPT TO:<e@d.example>|DATA| rcpt0:250 rcpt1:550 hi|.| "
                 "result:delivered:permanent idle QUIT| close"},
      {"nobody is accepted, DATA is all the same",
       plain(),
       {to({"c@d.example"})},
       {"220 mx\r\n", k_pipelining, "250 ok\r\n450 later\r\n354 go\r\n", "554 no recipients\r\n",
        "221 bye\r\n"},
       k_begin + "RCPT TO:<c@d.example>|DATA| rcpt0:450 .| result:temporary idle QUIT| close"},
      {"nobody is accepted",
       plain(),
       {to({"c@d.example"})},
       {"220 mx\r\n", k_pipelining, "250 ok\r\n550 no\r\n503 no\r\n", "221 bye\r\n"},
       k_begin + "RCPT TO:<c@d.example>|DATA| rcpt0:550 result:permanent idle QUIT| close"},
      {"the sender is refused",
       plain(),
       {to({"c@d.example"})},
       {"220 mx\r\n", k_pipelining, "550 no\r\n503 no\r\n503 no\r\n", "221 bye\r\n"},
       k_begin + "RCPT TO:<c@d.example>|DATA| result:permanent idle QUIT| close"},
      {"the sender is refused, one by one",
       plain(),
       {to({"c@d.example", "e@d.example"})},
       {"220 mx\r\n", "250 mx\r\n", "450 later\r\n", "221 bye\r\n"},
       k_begin + " result:temporary:temporary idle QUIT| close"},
      {"RSET after a transaction that was given up",
       plain(),
       {to({"c@d.example"}), to({"e@d.example"})},
       {"220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "550 no\r\n", "250 reset\r\n", "250 ok\r\n", "250 ok\r\n",
        "354 go\r\n", "250 ok\r\n", "221 bye\r\n"},
       k_begin + " RCPT TO:<c@d.example>| rcpt0:550 result:permanent begun RSET| MAIL FROM:<a@b.example>| "
                 "RCPT TO:<e@d.example>| rcpt0:250 DATA| hi|.| result:delivered idle QUIT| close"},
      {"two messages",
       plain(),
       {to({"c@d.example"}), to({"e@d.example"})},
       {"220 mx\r\n", k_pipelining, "250 ok\r\n250 ok\r\n354 go\r\n", "250 ok\r\n",
        "250 ok\r\n250 ok\r\n354 go\r\n", "452 full\r\n", "221 bye\r\n"},
       k_begin + "RCPT TO:<c@d.example>|DATA| rcpt0:250 hi|.| result:delivered begun MAIL FROM:<a@b.example>|"
                 "RCPT TO:<e@d.example>|DATA| rcpt0:250 hi|.| result:temporary idle QUIT| close"},
      {"552 to RCPT is temporary",
       plain(),
       {to({"c@d.example"})},
       {"220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "552 too many\r\n", "221 bye\r\n"},
       k_begin + " RCPT TO:<c@d.example>| rcpt0:552 result:temporary idle QUIT| close"},
      {"HELO",
       plain(),
       {},
       {"220 mx\r\n", "502 what\r\n", "250 mx\r\n", "221 bye\r\n"},
       "EHLO me.example| HELO me.example| idle QUIT| close"},
      {"an address that would end the command",
       plain(),
       {to({"c@d.example>\r\nRSET"})},
       {"220 mx\r\n", "250 mx\r\n", "221 bye\r\n"},
       "EHLO me.example| begun result:permanent idle QUIT| close"},
  });
}

// LAN-18
TEST(ClientSession, AsksWithoutSending) {
  Transaction probe = to({"c@d.example"});
  probe.envelope.reverse_path.clear();
  probe.probe = true;
  const std::string k_asked = "EHLO me.example| begun MAIL FROM:<>|";
  expect_all({
      {"it exists",
       plain(),
       {probe},
       {"220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "250 ok\r\n", "221 bye\r\n"},
       k_asked + " RCPT TO:<c@d.example>| rcpt0:250 result:delivered idle QUIT| close"},
      {"no DATA in the same write",
       plain(),
       {probe},
       {"220 mx\r\n", k_pipelining, "250 ok\r\n550 5.1.1 no\r\n", "221 bye\r\n"},
       k_asked + "RCPT TO:<c@d.example>| rcpt0:550 result:permanent idle QUIT| close"},
      {"no chunk",
       plain(),
       {probe},
       {"220 mx\r\n", "250-mx\r\n250-CHUNKING\r\n250 PIPELINING\r\n", "250 ok\r\n250 ok\r\n", "221 bye\r\n"},
       k_asked + "RCPT TO:<c@d.example>| rcpt0:250 result:delivered idle QUIT| close"},
      {"a message behind it",
       plain(),
       {probe, to({"e@d.example"})},
       {"220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "250 ok\r\n", "250 reset\r\n", "250 ok\r\n", "250 ok\r\n",
        "354 go\r\n", "250 ok\r\n", "221 bye\r\n"},
       k_asked + " RCPT TO:<c@d.example>| rcpt0:250 result:delivered begun RSET| MAIL FROM:<a@b.example>| "
                 "RCPT TO:<e@d.example>| rcpt0:250 DATA| hi|.| result:delivered idle QUIT| close"},
  });
}

TEST(ClientSession, SendsChunks) {
  const std::string ehlo = "250-mx\r\n250-CHUNKING\r\n250 PIPELINING\r\n";
  expect_all({
      {"one chunk",
       plain(),
       {to({"c@d.example"})},
       {"220 mx\r\n", ehlo, "250 ok\r\n250 ok\r\n", "250 ok\r\n", "221 bye\r\n"},
       k_begin + "RCPT TO:<c@d.example>| rcpt0:250 BDAT 4 LAST|hi| result:delivered idle QUIT| close"},
      {"nobody",
       plain(),
       {to({"c@d.example"})},
       {"220 mx\r\n", ehlo, "250 ok\r\n550 no\r\n", "221 bye\r\n"},
       k_begin + "RCPT TO:<c@d.example>| rcpt0:550 result:permanent idle QUIT| close"},
  });
  for (const bool byte_by_byte : {false, true}) {
    ClientPlayer player(plain(), {to({"c@d.example"})}, {"a\r\n", ".b", ""});
    player.hear(
        {"220 mx\r\n", ehlo, "250 ok\r\n250 ok\r\n", "250 ok\r\n552 big\r\n503 no\r\n", "221 bye\r\n"},
        byte_by_byte);
    EXPECT_EQ(player.log(), k_begin +
                                "RCPT TO:<c@d.example>| rcpt0:250 BDAT 3|a| BDAT 2|.b BDAT 2 LAST|| "
                                "result:permanent idle QUIT| close");
    ClientPlayer slow(plain(), {to({"c@d.example"})}, {"a\r\n", "b\r\n"});
    slow.hear({"220 mx\r\n", "250-mx\r\n250 CHUNKING\r\n", "250 ok\r\n", "250 ok\r\n", "451 later\r\n",
               "221 bye\r\n"},
              byte_by_byte);
    EXPECT_EQ(slow.log(),
              k_begin + " RCPT TO:<c@d.example>| rcpt0:250 BDAT 3|a| result:temporary idle QUIT| close");
  }
}

TEST(ClientSession, PassesParametersOn) {
  Transaction transaction = to({"c@d.example"});
  transaction.size_bytes = 4;
  transaction.eight_bit = true;
  transaction.envelope.envelope_id = "id 1";
  transaction.envelope.return_content = ReturnContent::headers;
  transaction.envelope.recipients[0].notify = notify_success | notify_delay;
  transaction.envelope.recipients[0].original_recipient = "rfc822;x+y@d.example";
  Transaction international = to({"\xc3\xa4@d.example"});
  Transaction big = to({"c@d.example"});
  big.size_bytes = 101;
  const std::string full = "250-mx\r\n250-SIZE 100\r\n250-8BITMIME\r\n250-DSN\r\n250 SMTPUTF8\r\n";
  expect_all({
      {"all of them",
       plain(),
       {transaction},
       {"220 mx\r\n", full, "250 ok\r\n"},
       "EHLO me.example| begun MAIL FROM:<a@b.example> SIZE=4 BODY=8BITMIME RET=HDRS ENVID=id+201| "
       "RCPT TO:<c@d.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;x+2By@d.example|"},
      {"SMTPUTF8",
       plain(),
       {international},
       {"220 mx\r\n", full},
       "EHLO me.example| begun MAIL FROM:<a@b.example> SMTPUTF8|"},
      {"no SMTPUTF8",
       plain(),
       {international},
       {"220 mx\r\n", "250 mx\r\n"},
       "EHLO me.example| begun result:permanent idle QUIT|"},
      {"no 8BITMIME",
       plain(),
       {transaction},
       {"220 mx\r\n", "250 mx\r\n"},
       "EHLO me.example| begun result:permanent idle QUIT|"},
      {"too big", plain(), {big}, {"220 mx\r\n", full}, "EHLO me.example| begun result:permanent idle QUIT|"},
  });
}

// RFC 8689: never further without a server that offers it and has proved who it is.
TEST(ClientSession, PassesRequireTlsOnOrReturnsTheMessage) {
  struct Case {
    const char* extensions;
    bool proved;
    const char* command;  // empty: the message is returned
  } const cases[] = {
      {"250-mx\r\n250 REQUIRETLS\r\n", true, "MAIL FROM:<a@b.example> REQUIRETLS\r\n"},
      {"250-mx\r\n250 REQUIRETLS\r\n", false, ""},
      {"250-mx\r\n250 DSN\r\n", true, ""},
  };
  for (const Case& one : cases) {
    ClientSession session(std::make_shared<ClientSettings>(with(TlsPolicy::implicit)), std::string(24, 'r'));
    session.set_proved(one.proved);
    session.connected();
    session.receive("220 mx\r\n");
    session.receive(one.extensions);
    Transaction transaction = to({"c@d.example"});
    transaction.envelope.tls = TlsDemand::required;
    std::string output;
    std::vector<RecipientOutcome> outcomes;
    for (auto& event : session.send(std::move(transaction))) {
      if (auto* bytes = std::get_if<Output>(&event)) output += bytes->bytes;
      if (auto* result = std::get_if<MessageResult>(&event)) outcomes = result->recipients;
    }
    EXPECT_EQ(output.substr(0, output.find("RCPT")), one.command) << one.extensions << one.proved;
    ASSERT_EQ(outcomes.empty(), one.command[0] != '\0');
    if (outcomes.empty()) continue;
    EXPECT_EQ(outcomes.front().outcome, Outcome::permanent);
    EXPECT_EQ(outcomes.front().reply.enhanced, "5.7.30");
  }
}

TEST(ClientSession, StartsTls) {
  const std::string offer = "250-mx\r\n250-STARTTLS\r\n250 DSN\r\n";
  expect_all({
      {"opportunistic",
       with(TlsPolicy::opportunistic),
       {},
       {"220 mx\r\n", offer, "220 go\r\n", "\1", "250 mx\r\n", "221 bye\r\n"},
       "EHLO me.example| STARTTLS| starttls EHLO me.example| idle QUIT| close"},
      {"opportunistic, not offered",
       with(TlsPolicy::opportunistic),
       {},
       {"220 mx\r\n", "250 mx\r\n"},
       "EHLO me.example| idle QUIT|"},
      {"opportunistic, refused",
       with(TlsPolicy::opportunistic),
       {},
       {"220 mx\r\n", offer, "454 no\r\n"},
       "EHLO me.example| STARTTLS| idle QUIT|"},
      {"required, not offered",
       with(TlsPolicy::required),
       {},
       {"220 mx\r\n", "250 mx\r\n"},
       "EHLO me.example| failed:idle:the server does not offer STARTTLS, which is required close"},
      {"required, refused",
       with(TlsPolicy::required),
       {},
       {"220 mx\r\n", offer, "454 no\r\n"},
       "EHLO me.example| STARTTLS| failed:STARTTLS:Error from remote server on \"STARTTLS\" -> 454 no close"},
      {"required, HELO only",
       with(TlsPolicy::required),
       {},
       {"220 mx\r\n", "500 no\r\n"},
       "EHLO me.example| failed:EHLO:Error from remote server on \"EHLO me.example\" -> 500 no:permanent "
       "close"},
      {"clear text behind the reply",
       with(TlsPolicy::required),
       {},
       {"220 mx\r\n", offer, "220 go\r\n250 mx\r\n", "\1"},
       "EHLO me.example| STARTTLS| starttls failed:STARTTLS:the server sent clear text behind its reply to "
       "STARTTLS close"},
      {"none", plain(), {}, {"220 mx\r\n", offer}, "EHLO me.example| idle QUIT|"},
  });
}

TEST(ClientSession, LogsIn) {
  const std::string offer = "250-mx\r\n250 AUTH LOGIN PLAIN CRAM-MD5\r\n";
  expect_all({
      {"PLAIN",
       logging_in(sasl::Mechanism::plain, true),
       {},
       {"220 mx\r\n", offer, "235 ok\r\n"},
       "EHLO me.example| AUTH PLAIN AGZyZWQAc2VjcmV0| idle QUIT|"},
      {"refused",
       logging_in(sasl::Mechanism::plain, true),
       {},
       {"220 mx\r\n", offer, "535 5.7.8 no\r\n"},
       "EHLO me.example| AUTH PLAIN AGZyZWQAc2VjcmV0| failed:AUTH:Error from remote server on \"AUTH PLAIN "
       "*****\" -> 535 5.7.8 no:permanent close"},
      {"LOGIN",
       logging_in(sasl::Mechanism::login, true),
       {},
       {"220 mx\r\n", offer, "334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "235 ok\r\n"},
       "EHLO me.example| AUTH LOGIN| ZnJlZA==| c2VjcmV0| idle QUIT|"},
      {"the best without TLS",
       logging_in(std::nullopt, false),
       {},
       {"220 mx\r\n", offer, "334 PDFAbXg+\r\n"},
       "EHLO me.example| AUTH CRAM-MD5| ZnJlZCBlMTk5ZWYyMmQ2YmNjNzRlZmZjZjE5ZTQwN2IxZWE3ZQ==|"},
      {"no password in clear",
       logging_in(sasl::Mechanism::plain, false),
       {},
       {"220 mx\r\n", offer},
       "EHLO me.example| failed:idle:the password would be sent without TLS close"},
      {"nothing offered",
       logging_in(std::nullopt, true),
       {},
       {"220 mx\r\n", "250 mx\r\n"},
       "EHLO me.example| failed:idle:the server does not offer AUTH, but credentials are set close"},
  });
}

TEST(ClientSession, DoesNotBelieveSuccessBeforeTheServerProvedItself) {
  ClientPlayer player(logging_in(sasl::Mechanism::scram_sha_256, true), {});
  player.hear({"220 mx\r\n", "250-mx\r\n250 AUTH SCRAM-SHA-256\r\n", "235 ok\r\n"}, false);
  EXPECT_TRUE(player.log().ends_with("the server said success before the exchange was over close"))
      << player.log();
}

TEST(ClientSession, SaysWhatHappenedWhenTheConnectionBreaks) {
  expect_all({
      {"greeting refused",
       plain(),
       {to({"c@d.example"})},
       {"554 5.7.1 go away\r\n"},
       "failed:greeting:Error from remote server on \"connect\" -> 554 5.7.1 go away:permanent close"},
      {"greeting later",
       plain(),
       {},
       {"421 busy\r\n"},
       "failed:greeting:Error from remote server on \"connect\" -> 421 busy close"},
      {"lost before MAIL is answered",
       plain(),
       {to({"c@d.example"})},
       {"220 mx\r\n", "250 mx\r\n", "\2"},
       k_begin + " result:temporary failed:MAIL:MAIL: connection reset close"},
      {"lost after the dot",
       plain(),
       {to({"c@d.example", "e@d.example"})},
       {"220 mx\r\n", k_pipelining, "250 ok\r\n250 ok\r\n550 no\r\n354 go\r\n", "\2"},
       k_begin + "RCPT TO:<c@d.example>|RCPT TO:<e@d.example>|DATA| rcpt0:250 rcpt1:550 hi|.| "
                 "result:temporary:permanent:unknown failed:end of data:end of data: connection reset close"},
      {"421 after the dot is known",
       plain(),
       {to({"c@d.example"})},
       {"220 mx\r\n", k_pipelining, "250 ok\r\n250 ok\r\n354 go\r\n", "421 later\r\n"},
       k_begin + "RCPT TO:<c@d.example>|DATA| rcpt0:250 hi|.| result:temporary failed:end of data:"
                 "Error from remote server on \"end of data\" -> 421 later close"},
      {"421 to RCPT",
       plain(),
       {to({"c@d.example"})},
       {"220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "421 4.3.2 bye\r\n"},
       k_begin + " RCPT TO:<c@d.example>| result:temporary failed:RCPT:Error from remote server on "
                 "\"RCPT TO:<c@d.example>\" -> 421 4.3.2 bye close"},
      {"no SMTP",
       plain(),
       {},
       {"SSH-2.0\r\n"},
       "failed:greeting:what the server sent is no SMTP reply: SSH-2.0 close"},
      {"lost after QUIT",
       plain(),
       {},
       {"220 mx\r\n", "250 mx\r\n", "\2"},
       "EHLO me.example| idle QUIT| close"},
  });
}

TEST(ClientSession, SpeaksLmtp) {
  expect_all({{"a reply for each",
               lmtp(),
               {to({"c@d.example", "no@d.example", "e@d.example"})},
               {"220 mx\r\n", k_pipelining, "250 ok\r\n250 ok\r\n550 no\r\n250 ok\r\n354 go\r\n",
                "250 ok\r\n", "452 4.2.2 full\r\n"},
               "LHLO me.example| begun MAIL FROM:<a@b.example>|RCPT TO:<c@d.example>|RCPT TO:<no@d.example>|"
               "RCPT TO:<e@d.example>|DATA| rcpt0:250 rcpt1:550 rcpt2:250 hi|.| "
               "result:delivered:permanent:temporary idle QUIT|"}});
}

TEST(ClientSession, StopsRepliesWithoutEnd) {
  ClientPlayer lines(plain(), {});
  for (int i = 0; i < 300; ++i) lines.hear({"220-and on\r\n"}, false);
  EXPECT_EQ(lines.log(), "failed:greeting:the reply has no end close");
  ClientPlayer line(plain(), {});
  for (int i = 0; i < 300; ++i) line.hear({"220 and on and on and on"}, false);
  EXPECT_EQ(line.log(), "failed:greeting:a line of the reply is too long close");
}

TEST(ClientSession, KnowsHowLongToWait) {
  ClientPlayer player(plain(), {to({"c@d.example"})});
  EXPECT_EQ(player.session().timeout().count(), 300);
  player.hear({"220 mx\r\n", k_pipelining, "250 ok\r\n250 ok\r\n"}, false);
  EXPECT_EQ(player.session().timeout().count(), 120);
  player.hear({"354 go\r\n"}, false);
  EXPECT_EQ(player.session().timeout().count(), 600);
  EXPECT_EQ(player.session().stage(), ClientStage::end_of_data);
}

// SND-40
TEST(ClientSession, WaitsForEachReplyItsOwnTime) {
  using std::chrono::seconds;
  ClientTimeouts own;
  own.greeting = seconds(1), own.ehlo = seconds(2), own.starttls = seconds(3), own.auth = seconds(4);
  own.auth_login = seconds(5), own.auth_cram_md5 = seconds(6), own.mail = seconds(7), own.rcpt = seconds(8);
  own.data = seconds(9), own.end_of_data = seconds(10), own.rset = seconds(11), own.abort = seconds(12);
  own.quit = seconds(13);
  const std::string auth = "250-mx\r\n250 AUTH LOGIN PLAIN CRAM-MD5\r\n";
  const auto one = std::vector{to({"c@d.example"})};
  const auto two = std::vector{to({"c@d.example"}), to({"e@d.example"})};
  const struct {
    ClientSettings settings;
    std::vector<Transaction> transactions;
    std::vector<std::string> server;
    int seconds;
  } k_cases[] = {
      {plain(), one, {}, 1},
      {plain(), one, {"220 mx\r\n"}, 2},
      {plain(), one, {"220 mx\r\n", "500 what\r\n"}, 2},
      {with(TlsPolicy::required), one, {"220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n"}, 3},
      {with(TlsPolicy::required), one, {"220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n", "220 go\r\n"}, 3},
      {logging_in(sasl::Mechanism::plain, true), one, {"220 mx\r\n", auth}, 4},
      {logging_in(sasl::Mechanism::login, true), one, {"220 mx\r\n", auth}, 5},
      {logging_in(sasl::Mechanism::login, true), one, {"220 mx\r\n", auth, "334 VXNlcm5hbWU6\r\n"}, 5},
      {logging_in(sasl::Mechanism::cram_md5, true), one, {"220 mx\r\n", auth}, 6},
      {plain(), one, {"220 mx\r\n", "250 mx\r\n"}, 7},
      {plain(), one, {"220 mx\r\n", "250 mx\r\n", "250 ok\r\n"}, 8},
      {plain(), one, {"220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "250 ok\r\n"}, 9},
      {plain(), one, {"220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"}, 10},
      {plain(), two, {"220 mx\r\n", "250 mx\r\n", "250 ok\r\n", "550 no\r\n"}, 11},
      {plain(), one, {"220 mx\r\n", k_pipelining, "250 ok\r\n450 later\r\n354 go\r\n"}, 12},
      {plain(), {}, {"220 mx\r\n", "250 mx\r\n"}, 13},
  };
  for (const auto& [settings, transactions, server, expected] : k_cases) {
    ClientSettings with_own = settings;
    with_own.timeouts = own;
    ClientPlayer player(with_own, transactions);
    EXPECT_EQ(player.hear(server, false).session().timeout().count(), expected) << player.log();
  }
}

TEST(ClientSession, TellsThePeersWords) {
  ClientPlayer player(plain(), {to({"c@d.example"})});
  player.hear({"220 mx\r\n", "250-mx\r\n250 DSN\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n",
               "250-2.0.0 one\r\n250 2.0.0 two\r\n"},
              true);
  const RecipientOutcome& outcome = player.result().recipients.at(0);
  EXPECT_EQ(outcome.reply, (Reply{250, "2.0.0", "one\ntwo"}));
  EXPECT_EQ(outcome.reply.line(), "250 2.0.0 one two");
  EXPECT_EQ(outcome.command, "end of data");
  EXPECT_TRUE(outcome.from_peer && outcome.dsn_passed_on);
}

TEST(EhloReply, IsRead) {
  const auto peer =
      parse_ehlo_reply({250, "", "mx PIPELINING\nsize 100\nAUTH=LOGIN\nAUTH PLAIN LOGIN XYZ\nStartTLS"});
  EXPECT_FALSE(peer.pipelining);
  EXPECT_EQ(peer.size_bytes_max, 100);
  EXPECT_TRUE(peer.starttls);
  EXPECT_EQ(peer.mechanisms, (std::vector{sasl::Mechanism::login, sasl::Mechanism::plain}));
}

TEST(Reply, ShowsNoControlCharacters) {
  EXPECT_EQ((Reply{550, "5.1.1", "a\nb\x1b[31m\tc\x7f \xc3\xa9"}.line()), "550 5.1.1 a b?[31m?c? \xc3\xa9");
}

}  // namespace
}  // namespace stagecoach::smtp
