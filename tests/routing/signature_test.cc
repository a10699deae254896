#include "routing/signature.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

struct Signatures {
  UserSignatures personal;
  GlobalSignature outgoing, internal;
  std::map<std::string, std::string> book;
};

User user_with(const Signatures& signatures) {
  auto profile = std::make_shared<Profile>();
  profile->signature = signatures.personal;
  profile->address_book = signatures.book;
  User user;
  user.name = "fred";
  user.profile = profile;
  return user;
}

SignatureChoice choose(const Signatures& signatures, bool authenticated, SignatureDirection direction,
                       const SignatureScript& script = {}) {
  Policy policy;
  policy.outgoing_signature = signatures.outgoing;
  policy.internal_signature = signatures.internal;
  const User user = user_with(signatures);
  return choose_signature(authenticated ? &user : nullptr, direction, policy, script);
}

constexpr auto k_out = SignatureDirection::outgoing, k_in = SignatureDirection::internal;

// SIG-01
// SIG-02
// SIG-03
// SIG-04
// SIG-05
// USR-178
// USR-179
// USR-180
// USR-181
const struct {
  const char* name;
  Signatures signatures;
  bool authenticated;
  SignatureDirection direction;
  const char* plain;
} k_choices[] = {
    {"outgoing", {{}, {.default_plain = "out"}, {.default_plain = "in"}}, false, k_out, "out"},
    {"internal", {{}, {.default_plain = "out"}, {.default_plain = "in"}}, false, k_in, "in"},
    {"a stranger gets the default one", {{}, {.default_plain = "D", .auth_plain = "A"}}, false, k_out, "D"},
    {"who logged in gets that", {{}, {.default_plain = "D", .auth_plain = "A"}}, true, k_out, "A"},
    {"without it the default one", {{}, {.default_plain = "D"}}, true, k_out, "D"},
    {"blank stops the fallback", {{}, {.default_plain = "D", .auth_plain = " <blank> "}}, true, k_out, ""},
    {"his own", {{.outgoing = {"P", ""}}, {.default_plain = "D", .auth_plain = "A"}}, true, k_out, "P"},
    {"his own needs a log-in", {{.outgoing = {"P", ""}}, {.default_plain = "D"}}, false, k_out, "D"},
    {"his own is for one direction", {{.outgoing = {"P", ""}}, {}, {.auth_plain = "I"}}, true, k_in, "I"},
    {"his own blank one", {{.outgoing = {"<blank>", ""}}, {.auth_plain = "A"}}, true, k_out, ""},
    {"white space is nothing", {{.outgoing = {" \r\n", ""}}, {.auth_plain = "A"}}, true, k_out, "A"},
    {"switched off",
     {{.outgoing = {"P", "", true}}, {.default_plain = "D", .auth_plain = "A"}},
     true,
     k_out,
     ""},
    {"off for outgoing only", {{.outgoing = {"P", "", true}}, {}, {.auth_plain = "I"}}, true, k_in, "I"},
    {"off needs a log-in", {{.outgoing = {"", "", true}}, {.default_plain = "D"}}, false, k_out, "D"},
    {"nothing is set", {}, true, k_out, ""},
};

TEST(Signature, ChoosesTheNearestThatExists) {
  for (const auto& [name, signatures, authenticated, direction, plain] : k_choices)
    EXPECT_EQ(choose(signatures, authenticated, direction).footer.plain, plain) << name;
}

// SIG-11
// SIG-12
// SIG-13
const struct {
  const char* name;
  const char* personal;
  const char* auth;
  const char* plain;
} k_mixed[] = {
    {"personal within the global one", "P", "A <personalsig> Z", "A P Z"},
    {"twice", "P", "<personalsig><PersonalSig>", "PP"},
    {"nothing to put in", "", "A <personalsig>", "A "},
    {"global within the personal one", "P <globalsig>", "A", "P A"},
    {"both: the global one wins", "P <globalsig> Q", "A <personalsig> Z", "A P  Q Z"},
    {"no recursion", "<globalsig><personalsig>", "<personalsig>A", "A"},
    {"tags without effect", "P <personalsig>", "A", "P "},
    {"tags without effect", "", "A<globalsig>", "A"},
};

TEST(Signature, MixesByTags) {
  for (const auto& [name, personal, auth, plain] : k_mixed) {
    const Signatures signatures{{.outgoing = {personal, ""}}, {.auth_plain = auth}};
    EXPECT_EQ(choose(signatures, true, k_out).footer.plain, plain) << name;
  }
}

// SIG-08
TEST(Signature, MakesTheMissingForm) {
  EXPECT_EQ(choose({{}, {.default_plain = "a & b\r\nc"}}, false, k_out).footer,
            (Footer{"a & b\r\nc", "a &amp; b<br>\r\nc"}));
  EXPECT_EQ(choose({{}, {.default_html = "<html><body><p>a &amp; b</p><p>c</p></body></html>"}}, false, k_out)
                .footer,
            (Footer{"a & b\r\n\r\nc", "<p>a &amp; b</p><p>c</p>"}));
  EXPECT_EQ(choose({{.outgoing = {"x < y", ""}}, {.auth_html = "<b>A</b><personalsig><i>Z</i>"}}, true, k_out)
                .footer,
            (Footer{"A\r\nx < y\r\nZ", "<b>A</b>x &lt; y<i>Z</i>"}));
  EXPECT_EQ(complete_footer({"a", "<b>b</b>"}), (Footer{"a", "<b>b</b>"}));
}

// SIG-10
TEST(Signature, LeavesImagesAsLinks) {
  const char* image = "<img src=\"https://example.com/logo.png\">";
  EXPECT_EQ(choose({{}, {.default_html = image}}, false, k_out).footer.html, image);
}

// SIG-06
TEST(Signature, FillsInTheAddressBook) {
  Signatures signatures{{}, {.auth_plain = "[cn], [TITLE] [none][two words] [", .auth_html = "<b>[cn]</b>"}};
  signatures.book = {{"cn", "Fred <F>"}, {"title", "Clerk"}};
  EXPECT_EQ(choose(signatures, true, k_out).footer,
            (Footer{"Fred <F>, Clerk [two words] [", "<b>Fred &lt;F&gt;</b>"}));
  signatures.outgoing = {.default_plain = "[cn]"};  // fixed text
  EXPECT_EQ(choose(signatures, true, k_out).footer.plain, "[cn]");
  signatures.book = {{"givenName", "Fred"}};
  signatures.outgoing = {.auth_plain = "[gn]"};
  EXPECT_EQ(choose(signatures, true, k_out).footer.plain, "Fred");
}

TEST(Signature, PutsTheNameOfAnAttributeIntoNoTag) {
  Signatures signatures{{.outgoing = {"P", ""}}, {.auth_plain = "[cn]"}};
  signatures.personal.outgoing = {};
  signatures.book = {{"cn", "[title]"}, {"title", "no"}};
  EXPECT_EQ(choose(signatures, true, k_out).footer.plain, "[title]");
}

// SIG-15
// SIG-16
const struct {
  const char* plain;
  const char* html;
  Footer footer;
} k_scripts[] = {
    {"", "", {"A", "A"}},
    {"<blank>", "<blank>", {"", ""}},
    {"S", "<b>S</b>", {"S", "<b>S</b>"}},
    {"S", "", {"S", "S"}},
};

TEST(Signature, AScriptComesFirst) {
  const Signatures signatures{{}, {.auth_plain = "A"}};
  for (const auto& [plain, html, footer] : k_scripts) {
    const auto script = [plain = plain, html = html](SignatureFormat format) {
      return std::string(format == SignatureFormat::plain ? plain : html);
    };
    EXPECT_EQ(choose(signatures, true, k_out, script).footer, footer) << plain;
  }
}

TEST(Signature, AsksNoScriptForAUserWhoWantsNone) {
  int calls = 0;
  const auto script = [&calls](SignatureFormat) {
    ++calls;
    return std::string("S");
  };
  Signatures signatures;
  signatures.personal.outgoing.disabled = true;
  EXPECT_TRUE(choose(signatures, true, k_out, script).footer.empty());
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(choose(signatures, false, k_out, script).footer.plain, "S");
  EXPECT_EQ(calls, 2);  // once for each form
}

TEST(Signature, SaysWhoDecided) {
  EXPECT_EQ(choose({{.outgoing = {"P", ""}}}, true, k_out).text, "personal signature of fred");
  EXPECT_EQ(choose({}, false, k_out).text, "no signature: the default signature is empty");
}

}  // namespace
}  // namespace stagecoach::routing
