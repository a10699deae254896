#include "actors/dkim_signing.h"

#include <gtest/gtest.h>

#include "protocols/mime/header.h"
#include "tests/protocols/dkim/test_keys.h"

namespace stagecoach {
namespace {

DkimKey key(const std::string& domain, const std::string& selector, bool lan = true) {
  return {{domain, selector, dkim::SigningKey::parse(dkim::k_ed25519_pem).value()}, lan};
}
const DkimKeys& keys() {
  static const DkimKeys result(
      {key("a.example", "one"), key("a.example", "two", false), key("b.example", "three")});
  return result;
}
std::string chosen(std::string_view header, std::string_view reverse_path, bool lan = false) {
  std::string text;
  for (const DkimKey* one : dkim_keys_for(keys(), header, reverse_path, lan))
    text += (text.empty() ? "" : " ") + one->signer.selector;
  return text;
}
Result<void> no_body(const std::function<void(std::string_view)>&) { return {}; }

TEST(DkimSigning, FromChoosesTheKeys) {  // SMT-38
  const struct {
    const char* header;
    const char* reverse_path;
    const char* selectors;
  } k_cases[] = {
      {"From: Fred <fred@A.Example>\r\n\r\n", "x@b.example", "one two"},
      {"From: x@other.example\r\n\r\n", "x@b.example", ""},
      {"From: x@sub.a.example\r\n\r\n", "", ""},
      {"From: f@b.example, g@a.example\r\nSender: g@a.example\r\n\r\n", "", "three"},
      {"From: Team: f@b.example, g@a.example;\r\n\r\n", "", "three"},
      {"Subject: no From\r\n\r\n", "fred@b.example", "three"},
      {"Subject: no From\r\n\r\n", "", ""},
      {"From: nobody\r\n\r\n", "", ""},
      {"", "", ""},
  };
  for (const auto& [header, reverse_path, selectors] : k_cases)
    EXPECT_EQ(chosen(header, reverse_path), selectors) << header;
  EXPECT_EQ(chosen("From: f@a.example\r\n\r\n", "", true), "one")
      << "the other key does not sign for the LAN";
}

TEST(DkimSigning, WritesAFieldForEachKey) {
  const std::string header = "From: f@a.example\nSubject: x\n\n";
  const auto chosen = dkim_keys_for(keys(), header, "", false);
  const auto fields = dkim_fields(chosen, header, no_body, 1800000000);
  ASSERT_TRUE(fields) << fields.error().text();
  const auto section = mime::parse_header_section(*fields);
  ASSERT_EQ(section.fields.size(), 2u) << *fields;
  EXPECT_NE(mime::unfold(section.fields[1].body).find("d=a.example; s=two; t=1800000000;"), std::string::npos)
      << *fields;
}

TEST(DkimSigning, StopsWithTheBody) {
  const std::string header = "From: f@a.example\r\n\r\n";
  const auto fields = dkim_fields(
      dkim_keys_for(keys(), header, "", false), header,
      [](const auto&) -> Result<void> { return not_found("gone"); }, 1);
  ASSERT_FALSE(fields);
  EXPECT_EQ(fields.error().reason, "gone");
}

TEST(DkimSigning, LeavesAHeaderAloneThatEndsEarlierForTheReceiver) {
  const std::string header = "From: f@a.example\r\nSubject: x\r\r\nTo: y\r\n\r\n";
  const auto fields = dkim_fields(dkim_keys_for(keys(), header, "", false), header, no_body, 1);
  ASSERT_TRUE(fields);
  EXPECT_EQ(*fields, "");
}

}  // namespace
}  // namespace stagecoach
