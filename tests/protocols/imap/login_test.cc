// Logging in: LOGIN, AUTHENTICATE, STARTTLS and what is refused (RFC 3501 section 6.2).
#include <gtest/gtest.h>

#include "protocols/sasl/base64.h"
#include "protocols/sasl/client.h"
#include "protocols/sasl/scram.h"
#include "tests/protocols/imap/fake_mailbox.h"

namespace stagecoach::imap {
namespace {

struct Dialog {
  const char* name;
  Options options;
  const char* client;
  const char* server;  // "~" stands for the capabilities
};

std::string without_capabilities(std::string text) {
  for (auto begin = text.find("[CAPABILITY"); begin != std::string::npos; begin = text.find("[CAPABILITY"))
    text.replace(begin, text.find(']', begin) + 1 - begin, "~");
  return text;
}

// IMA-01, IMA-09, IMA-10, IMA-15, IMA-17
TEST(ImapLogin, AnswersDialogs) {
  const Options open{}, tls{.starttls = true, .plain_login = false},
      secured{.tls = true, .plain_login = false},
      strict{.starttls = true, .require_tls = true, .scram = true};
  const Dialog dialogs[] = {
      {"LOGIN", open, "a LOGIN fred secret\n", "a OK ~ Logged in\n"},
      {"LOGIN quoted", open, "a login \"fred\" \"secret\"\n", "a OK ~ Logged in\n"},
      {"LOGIN literals", open, "a LOGIN {4}\nfred {6}\nsecret\n", "+ OK\n+ OK\na OK ~ Logged in\n"},
      {"LOGIN LITERAL+", open, "a LOGIN {4+}\nfred {6+}\nsecret\n", "a OK ~ Logged in\n"},
      {"LOGIN large literal", open, "a LOGIN {5000}\n", "a BAD [TOOBIG] Literal too large\n"},
      {"LOGIN wrong", open, "a LOGIN fred x\n", "a NO [AUTHENTICATIONFAILED] Wrong user name or password\n"},
      {"LOGIN three times wrong", open, "a LOGIN a b\na LOGIN a b\na LOGIN a b\na NOOP\n",
       "a NO [AUTHENTICATIONFAILED] Wrong user name or password\n"
       "a NO [AUTHENTICATIONFAILED] Wrong user name or password\n"
       "a NO [AUTHENTICATIONFAILED] Wrong user name or password\n* BYE Too many failed logins\n<close>"},
      {"too many sessions", open, "a LOGIN full x\n", "a NO [LIMIT] Too many logins for this user\n"},
      {"a POP3 session has it", open, "a LOGIN locked x\n", "a NO [INUSE] Mailbox Locked\n"},  // USR-049
      {"LOGIN arguments", open, "a LOGIN fred\n", "a BAD Expected user name and password\n"},
      {"not logged in", open, "a SELECT INBOX\nb APPEND x {3}\nabc\n",
       "a BAD Not in this state\n+ OK\nb BAD Not in this state\n"},
      {"PLAIN", open, "a AUTHENTICATE PLAIN\nAGZyZWQAc2VjcmV0\n", "+ \na OK ~ Logged in\n"},
      {"PLAIN at once", open, "a AUTHENTICATE PLAIN AGZyZWQAc2VjcmV0\n", "a OK ~ Logged in\n"},
      {"PLAIN cancelled", open, "a AUTHENTICATE PLAIN\n*\nb NOOP\n",
       "+ \na BAD Authentication cancelled\nb OK Completed\n"},
      {"PLAIN nonsense", open, "a AUTHENTICATE PLAIN\n!\nb NOOP\n", "+ \na BAD Bad base64\nb OK Completed\n"},
      {"AUTH LOGIN", open, "a AUTHENTICATE LOGIN\nZnJlZA==\nc2VjcmV0\n",
       "+ VXNlcm5hbWU6\n+ UGFzc3dvcmQ6\na OK ~ Logged in\n"},
      {"no mechanism", open, "a AUTHENTICATE FOO\n", "a NO [CANNOT] Unknown mechanism\n"},
      {"LOGIN without TLS", tls, "a LOGIN fred secret\n", "a NO [PRIVACYREQUIRED] Log in over TLS\n"},
      {"PLAIN without TLS", tls, "a AUTHENTICATE PLAIN AGZyZWQAc2VjcmV0\n",
       "a NO [PRIVACYREQUIRED] Log in over TLS\n"},
      {"STARTTLS", tls, "a STARTTLS\n", "a OK Begin TLS negotiation now\n<tls>\n"},
      {"STARTTLS twice", secured, "a STARTTLS\n", "a BAD TLS is not available\n"},
      {"no STARTTLS", open, "a STARTTLS\n", "a BAD TLS is not available\n"},
      {"LOGIN over TLS", secured, "a LOGIN fred secret\n", "a OK ~ Logged in\n"},
      {"SCRAM without the required TLS", strict, "a AUTHENTICATE SCRAM-SHA-256\n",
       "a NO [PRIVACYREQUIRED] Log in over TLS\n"},
  };
  for (const auto& [name, options, client, server] : dialogs) {
    FakeMailbox whole(options);
    EXPECT_EQ(without_capabilities(whole.send(with_cr(client))), server) << name;
    FakeMailbox split(options);
    EXPECT_EQ(without_capabilities(split.send_byte_by_byte(with_cr(client))), server)
        << name << ", byte by byte";
  }
}

TEST(ImapLogin, HangsUpOnWhatIsPipelinedBehindStarttls) {
  FakeMailbox fake({.starttls = true});
  EXPECT_EQ(fake.send("a STARTTLS\r\nb LOGIN fred secret\r\n"),
            "a OK Begin TLS negotiation now\n<tls>\n<close>");
  EXPECT_EQ(fake.send("c LOGIN fred secret\r\n"), "");
}

TEST(ImapLogin, OffersWhatIsPossible) {
  const auto offers = [](Options options, const char* word) {
    return (FakeMailbox(std::move(options)).greeting() + " ").find(word) != std::string::npos;
  };
  EXPECT_TRUE(offers({}, " AUTH=PLAIN "));
  EXPECT_FALSE(offers({}, "LOGINDISABLED"));
  EXPECT_FALSE(offers({}, "STARTTLS"));
  EXPECT_TRUE(offers({.starttls = true, .plain_login = false}, " STARTTLS LOGINDISABLED "));
  EXPECT_FALSE(offers({.plain_login = false}, "AUTH=PLAIN"));
  EXPECT_TRUE(offers({.plain_login = false, .scram = true}, " AUTH=SCRAM-SHA-256 "));
  EXPECT_FALSE(offers({.starttls = true, .tls = true}, "STARTTLS"));
}

// The messages of RFC 7677 section 3 cannot be used, for the nonce is ours: the proof is wrong here.
TEST(ImapLogin, ScramAsksForTheVerifierAndRefusesAWrongProof) {
  FakeMailbox fake({.scram = true, .server_nonce = "server", .probe_secret = "probe"});
  fake.scram_verifier = sasl::to_text(sasl::derive_scram_verifier("secret", "0123456789abcdef", 4096));
  const std::string first =
      fake.send("a AUTHENTICATE SCRAM-SHA-256 " + sasl::encode_base64("n,,n=fred,r=client") + "\r\n");
  ASSERT_TRUE(first.starts_with("+ "));
  const std::string challenge = *sasl::decode_base64(first.substr(2, first.size() - 3));
  EXPECT_TRUE(challenge.starts_with("r=clientserver0,s=")) << challenge;
  const std::string proof = "c=biws,r=clientserver0,p=" + sasl::encode_base64(std::string(32, 'x'));
  EXPECT_EQ(fake.send(sasl::encode_base64(proof) + "\r\n"),
            "<failed fred>\na NO [AUTHENTICATIONFAILED] Wrong user name or password\n");
}

TEST(ImapLogin, ScramLetsInWhoKnowsThePassword) {
  FakeMailbox fake({.scram = true, .server_nonce = "server", .probe_secret = "probe"});
  fake.scram_verifier = sasl::to_text(sasl::derive_scram_verifier("secret", "0123456789abcdef", 4096));
  sasl::ClientExchange client(sasl::Mechanism::scram_sha_256, {.user = "fred", .password = "secret"},
                              "client");
  std::string answer =
      fake.send("a AUTHENTICATE SCRAM-SHA-256 " + sasl::encode_base64(*client.initial_response()) + "\r\n");
  for (int i = 0; i < 4 && answer.starts_with("+ "); ++i) {
    const auto challenge = sasl::decode_base64(answer.substr(2, answer.size() - 3));
    ASSERT_TRUE(challenge);
    const auto response = client.step(*challenge);
    ASSERT_TRUE(response);
    answer = fake.send(sasl::encode_base64(*response) + "\r\n");
  }
  EXPECT_EQ(without_capabilities(answer), "a OK ~ Logged in\n");
  EXPECT_EQ(fake.session().user(), "fred");
}

}  // namespace
}  // namespace stagecoach::imap
