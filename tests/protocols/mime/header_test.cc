#include "protocols/mime/header.h"

#include <gtest/gtest.h>

namespace stagecoach::mime {
namespace {

/// "name=body|name=body" with line ends as "/".
std::string shown(const HeaderSection& section) {
  std::string text;
  for (const Field& field : section.fields) {
    if (!text.empty()) text += '|';
    text += std::string(field.name) + '=' + std::string(field.body);
  }
  std::erase(text, '\r');
  for (char& c : text)
    if (c == '\n') c = '/';
  return text;
}

TEST(Header, ReadsFieldsInOrder) {
  const struct {
    const char* name;
    const char* message;
    const char* fields;
    std::size_t size_bytes;
  } cases[] = {
      {"two fields", "A: 1\r\nB: 2\r\n\r\nbody", "A=1|B=2", 14},
      {"a fold stays", "A: 1\r\n 2\r\n\r\n", "A=1/ 2", 12},
      {"bare LF", "A: 1\nB: 2\n\nbody", "A=1|B=2", 11},
      {"no empty line", "A: 1\r\nB: 2", "A=1|B=2", 10},
      {"blanks before the colon", "A \t: 1\r\n\r\n", "A=1", 10},
      {"no colon", "A: 1\r\nnonsense\r\n\r\n", "A=1|=nonsense", 18},
      {"empty body", "A:\r\n\r\n", "A=", 6},
      {"8-bit", "A: \xe4\r\n\r\n", "A=\xe4", 8},
      {"nothing", "", "", 0},
      {"only a body", "\r\nbody", "", 2},
  };
  for (const auto& c : cases) {
    const HeaderSection section = parse_header_section(c.message);
    EXPECT_EQ(shown(section), c.fields) << c.name;
    EXPECT_EQ(section.size_bytes, c.size_bytes) << c.name;
  }
}

TEST(Header, KnowsWhereEachFieldIs) {
  const std::string message = "From x\r\nA: 1\r\nB: 2\r\n 3\r\n\r\n";
  const HeaderSection section = parse_header_section(message, {.mbox_line = true});
  ASSERT_EQ(section.fields.size(), 2U);
  EXPECT_EQ(message.substr(section.fields[1].offset, section.fields[1].size_bytes), "B: 2\r\n 3\r\n");
  EXPECT_EQ(section.find("b"), &section.fields[1]);
  EXPECT_EQ(section.find("c"), nullptr);
  EXPECT_EQ(section.text("B"), "2 3");
  EXPECT_TRUE(section.complete);
}

TEST(Header, StopsListingAtTheLimit) {
  std::string message;
  for (int i = 0; i < 20; ++i) message += "A: 1\r\n";
  const HeaderSection section = parse_header_section(message + "\r\n", {.fields_max = 5});
  EXPECT_EQ(section.fields.size(), 5U);
  EXPECT_TRUE(section.truncated);
  EXPECT_EQ(section.size_bytes, message.size() + 2);
}

TEST(Header, DecodesWords) {
  const struct {
    const char* text;
    const char* decoded;
  } cases[] = {
      {"plain", "plain"},
      {"=?utf-8?q?caf=C3=A9?=", "caf\u00e9"},
      {"=?iso-8859-1?Q?caf=E9_au_lait?= today", "caf\u00e9 au lait today"},
      {"=?UTF-8?B?4oKs?=", "\u20ac"},
      {"=?utf-8?b?4g==?= =?utf-8?b?gqw=?=", "\u20ac"},  // one character in two words
      {"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"},
      {"=?utf-8?q?a?= b", "a b"},
      {"=?utf-8*en?q?a?=", "a"},
      {"=?x-unknown?q?=E9?=", "\u00e9"},
      {"=?iso-2022-jp?B?GyRCJDMbKEI=?=", "\u3053"},
      {"=?utf-8?x?a?=", "=?utf-8?x?a?="},
      {"=?utf-8?q?open", "=?utf-8?q?open"},
      {"raw \xc3\xa9", "raw \u00e9"},
      {"raw \xe9", "raw \u00e9"},
      {"", ""},
  };
  for (const auto& c : cases) EXPECT_EQ(decode_words(c.text), c.decoded) << c.text;
}

TEST(Header, ReadsParameters) {
  const auto value = parse_parameterised(
      "Text/Plain (a comment); charset=\"us-ascii\"; Name=a\\b ; broken; filename*0*=utf-8''%e2%82; "
      "filename*1*=%ac; filename*2=\".txt\"; title*=iso-8859-1'en'%A3%20rates");
  EXPECT_EQ(value.value, "text/plain");
  EXPECT_EQ(value.raw("charset"), "us-ascii");
  EXPECT_EQ(value.raw("name"), "a\\b");
  EXPECT_EQ(value.decoded("filename"), "\u20ac.txt");
  EXPECT_EQ(value.decoded("title"), "\u00a3 rates");
  EXPECT_EQ(value.decoded("none"), "");
}

TEST(Header, Unfolds) {
  EXPECT_EQ(unfold(" a\r\n b\n\tc \r\n"), "a b\tc");
  EXPECT_EQ(unfold(""), "");
}

}  // namespace
}  // namespace stagecoach::mime
