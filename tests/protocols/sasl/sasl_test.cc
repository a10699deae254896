#include <gtest/gtest.h>

#include "protocols/sasl/base64.h"
#include "protocols/sasl/client.h"
#include "protocols/sasl/digest.h"
#include "protocols/sasl/scram.h"
#include "protocols/sasl/server.h"

namespace stagecoach::sasl {
namespace {

TEST(Base64, IsStrict) {
  const struct {
    const char* bytes;
    const char* text;
  } cases[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"\xff\xfe?", "//4/"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(encode_base64(bytes), text);
    EXPECT_EQ(decode_base64(text), bytes);
  }
  for (const char* bad :
       {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zm9v\n", "Zm 9", "Zm9v=", "Zg==Zg==", "*"})
    EXPECT_FALSE(decode_base64(bad)) << bad;
}

// RFC 7677 section 3
TEST(Scram, FollowsTheExampleOfTheRfc) {
  ClientExchange client(Mechanism::scram_sha_256, {"user", "pencil", ""}, "rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(client.initial_response(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  ServerExchange server(Mechanism::scram_sha_256, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", "probe");
  auto step = server.begin("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  ASSERT_TRUE(std::holds_alternative<VerifierWanted>(step));
  step = server.verifier_found(
      derive_scram_verifier("pencil", *decode_base64("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096));
  const std::string first = std::get<Challenge>(step).bytes;
  EXPECT_EQ(first, "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
  const auto last = client.step(first);
  ASSERT_TRUE(last);
  EXPECT_EQ(*last,
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+"
            "Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  step = server.step(*last);
  EXPECT_EQ(std::get<Challenge>(step).bytes, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  EXPECT_FALSE(client.finished());
  EXPECT_TRUE(client.step(std::get<Challenge>(step).bytes));
  EXPECT_TRUE(client.finished());
  EXPECT_EQ(std::get<Done>(server.step("")).user, "user");
}

TEST(Scram, VerifiersHaveATextForm) {
  const ScramVerifier verifier = derive_scram_verifier("secret", "0123456789abcdef", 4096);
  const auto read = parse_scram_verifier(to_text(verifier));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, verifier);
  EXPECT_TRUE(matches(verifier, "secret"));
  EXPECT_FALSE(matches(verifier, "Secret"));
  for (const char* bad :
       {"", "SCRAM-SHA-256$", "SCRAM-SHA-256$0:YQ==$YQ==:YQ==", "SCRAM-SHA-1$4096:YQ==$YQ==:YQ==", "md5abc"})
    EXPECT_FALSE(parse_scram_verifier(bad)) << bad;
}

TEST(Scram, PreparesPasswords) {
  EXPECT_EQ(prepare_password("I\xc2\xadX"), "IX");  // a soft hyphen is nothing (RFC 4013 section 3)
  EXPECT_EQ(prepare_password("\xc2\xaa"), "a");     // compatibility characters become plain ones
  EXPECT_EQ(prepare_password("a\xc2\xa0z"), "a z");
  EXPECT_EQ(prepare_password("\xff"), "\xff");  // not UTF-8: as it is
}

TEST(Scram, DoesNotTellWhoExists) {
  const auto challenge = [](const char* user, std::optional<ScramVerifier> verifier) {
    ServerExchange server(Mechanism::scram_sha_256, "n", "probe");
    server.begin(std::string("n,,n=") + user + ",r=c");
    return std::get<Challenge>(server.verifier_found(std::move(verifier))).bytes;
  };
  EXPECT_EQ(challenge("nobody", {}), challenge("nobody", {}));
  EXPECT_NE(challenge("nobody", {}), challenge("noone", {}));
  EXPECT_EQ(challenge("nobody", {}).size(),
            challenge("fred", derive_scram_verifier("x", "0123456789abcdef")).size());
}

TEST(Scram, RefusesWhatIsMalformed) {
  for (const char* first : {"", "n", "n,,", "p=tls-unique,,n=a,r=b", "n,,n=,r=b", "n,,n=a=,r=b", "n,,n=a",
                            "n,x,n=a,r=b", "n,,r=b,n=a"}) {
    ServerExchange server(Mechanism::scram_sha_256, "n", "probe");
    EXPECT_EQ(std::get<Failed>(server.begin(first)).why, Failed::Why::malformed) << first;
  }
  for (const char* last : {"", "c=biws", "c=biws,r=cn", "c=biws,r=cn,p=", "c=biws,r=cx,p=AAAA",
                           "c=eSws,r=cn,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}) {
    ServerExchange server(Mechanism::scram_sha_256, "n", "probe");
    server.begin("n,,n=a,r=c");
    server.verifier_found(derive_scram_verifier("x", "salt"));
    EXPECT_EQ(std::get<Failed>(server.step(last)).why, Failed::Why::malformed) << last;
  }
  for (const char* first : {"", "r=x,s=YQ==,i=4096", "r=abc,s=YQ==,i=4096", "r=abcd,s=YQ==,i=0",
                            "r=abcd,s=YQ==,i=99999999", "r=abcd,s=,i=4096"}) {
    ClientExchange client(Mechanism::scram_sha_256, {"a", "b", ""}, "abc");
    client.initial_response();
    EXPECT_FALSE(client.step(first)) << first;
  }
  ClientExchange client(Mechanism::scram_sha_256, {"a", "b", ""}, "abc");
  client.initial_response();
  ASSERT_TRUE(client.step("r=abcd,s=YQ==,i=4096"));
  EXPECT_FALSE(client.step("v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
  EXPECT_FALSE(client.finished());
}

TEST(Plain, SplitsAtNul) {
  ServerExchange server(Mechanism::plain, "", "");
  EXPECT_EQ(std::get<Challenge>(server.begin({})).bytes, "");
  const auto step = server.step(std::string("boss\0fred\0pw", 12));
  const auto& offered = std::get<PasswordOffered>(step);
  EXPECT_EQ(offered.authzid + "/" + offered.user + "/" + offered.password, "boss/fred/pw");
  EXPECT_EQ(std::get<Done>(server.password_checked(true)).authzid, "boss");
  for (const std::string& bad : {std::string("fred"), std::string("\0fred", 5), std::string("\0\0pw", 4),
                                 std::string("a\0b\0c\0d", 7)}) {
    ServerExchange other(Mechanism::plain, "", "");
    EXPECT_EQ(std::get<Failed>(other.begin(bad)).why, Failed::Why::malformed);
  }
  EXPECT_EQ(ClientExchange(Mechanism::plain, {"fred", "pw", "boss"}, "").initial_response(),
            std::string("boss\0fred\0pw", 12));
}

TEST(Client, SpeaksTheOthers) {
  ClientExchange cram(Mechanism::cram_md5, {"tim", "tanstaaftanstaaf", ""}, "");  // RFC 2195 section 2
  EXPECT_FALSE(cram.initial_response());
  EXPECT_EQ(*cram.step("<1896.697170952@postoffice.reston.mci.net>"), "tim b913a602c7eda7a495b4e6e7334d3890");
  EXPECT_FALSE(cram.step("more"));
  ClientExchange xoauth(Mechanism::xoauth2, {"fred", "token", ""}, "");
  EXPECT_EQ(xoauth.initial_response(), "user=fred\1auth=Bearer token\1\1");
  EXPECT_EQ(*xoauth.step("{\"status\":\"401\"}"), "");
  EXPECT_FALSE(xoauth.finished());
}

TEST(Client, ChoosesTheStrongest) {
  const std::vector all{Mechanism::login, Mechanism::plain, Mechanism::cram_md5};
  EXPECT_EQ(choose_mechanism(all, true, false), Mechanism::plain);
  EXPECT_EQ(choose_mechanism(all, false, false), Mechanism::cram_md5);
  EXPECT_EQ(choose_mechanism({Mechanism::plain}, false, false), std::nullopt);
  EXPECT_EQ(choose_mechanism({Mechanism::plain}, false, true), Mechanism::plain);
}

}  // namespace
}  // namespace stagecoach::sasl
