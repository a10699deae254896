#include "protocols/mime/address_list.h"

#include <gtest/gtest.h>

namespace stagecoach::mime {
namespace {

std::string shown(const std::vector<ListedAddress>& list) {
  std::string text;
  for (const ListedAddress& address : list) {
    if (!text.empty()) text += " | ";
    if (address.kind == ListedAddress::Kind::group_begin)
      text += "{" + address.display_name;
    else if (address.kind == ListedAddress::Kind::group_end)
      text += "}";
    else
      text += address.display_name + "<" + address.route + ";" + address.local + ";" + address.domain + ">";
  }
  return text;
}

TEST(AddressList, ReadsWhatPeopleWrite) {
  const struct {
    const char* body;
    const char* addresses;
  } cases[] = {
      {"fred@example.com", "<;fred;example.com>"},
      {"Fred Bloggs <fred@example.com>", "Fred Bloggs<;fred;example.com>"},
      {"\"Bloggs, Fred\" <fred@example.com>, ann@b.example",
       "Bloggs, Fred<;fred;example.com> | <;ann;b.example>"},
      {"fred@example.com (Fred (the) Bloggs)", "Fred (the) Bloggs<;fred;example.com>"},
      {"J. Smith <j.smith@x.example>", "J. Smith<;j.smith;x.example>"},
      {"A Group:ann@a.example,Bob <b@b.example>;", "{A Group | <;ann;a.example> | Bob<;b;b.example> | }"},
      {"undisclosed-recipients:;", "{undisclosed-recipients | }"},
      {"<@a,@b:c@d.example>", "<@a,@b;c;d.example>"},
      {"\"very odd\"@example.com", "<;very odd;example.com>"},
      {"a . b @ c . example", "<;a.b;c.example>"},
      {"x@[192.0.2.1]", "<;x;[192.0.2.1]>"},
      {"=?utf-8?q?F?= <f@x.example>", "=?utf-8?q?F?=<;f;x.example>"},
      {"just a name", "<;just a name;>"},
      {"a@x.example; b@x.example", "<;a;x.example> | <;b;x.example>"},
      {"a@x.example,,\r\n b@x.example", "<;a;x.example> | <;b;x.example>"},
      {"<>", ""},
      {"", ""},
      {"((((", ""},
      {"\"open <a@b", "<;open <a@b;>"},
      {"Fred <fred@example.com", "Fred<;fred;example.com>"},
  };
  for (const auto& c : cases) EXPECT_EQ(shown(parse_address_list(c.body)), c.addresses) << c.body;
}

TEST(AddressList, TellsTheFirstAddress) {
  EXPECT_EQ(first_address("Ann: Bob <b@x.example>;")->text(), "b@x.example");
  EXPECT_EQ(first_address("nobody, b@x.example")->text(), "b@x.example");
  EXPECT_EQ(first_address("root")->text(), "root");
  EXPECT_FALSE(first_address("").has_value());
}

TEST(AddressList, HasALimit) {
  std::string body;
  for (int i = 0; i < 100; ++i) body += "a@b.example,";
  EXPECT_EQ(parse_address_list(body, 10).size(), 10U);
}

}  // namespace
}  // namespace stagecoach::mime
