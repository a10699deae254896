#include "protocols/smtp/path.h"

#include <gtest/gtest.h>

#include "protocols/smtp/utf8.h"
#include "protocols/smtp/xtext.h"

namespace stagecoach::smtp {
namespace {

TEST(Path, ReadsWhatRfc5321Allows) {
  const std::string local64(64, 'l'), label(60, 'd');
  const std::string domain250 = label + "." + label + "." + label;
  const struct {
    std::string text;
    std::string address;  // "-": refused
  } cases[] = {
      {"<fred@example.com>", "fred@example.com"},
      {"  <fred@example.com>", "fred@example.com"},
      {"<@a.example,@b.example:fred@example.com>", "fred@example.com"},
      {"<\"fred\"@example.com>", "fred@example.com"},
      {"<\"a b\"@example.com>", "\"a b\"@example.com"},
      {"<\"a\\\"b\"@example.com>", "\"a\\\"b\"@example.com"},
      {"<\"a>b@c\"@example.com>", "\"a>b@c\"@example.com"},
      {"<fred@[192.0.2.1]>", "fred@[192.0.2.1]"},
      {"<fred@[IPv6:2001:db8::1]>", "fred@[IPv6:2001:db8::1]"},
      {"<fred@[IPv6:::ffff:192.0.2.1]>", "fred@[IPv6:::ffff:192.0.2.1]"},
      {"<f!r%e+d@ex_ample.com>", "f!r%e+d@ex_ample.com"},
      {"<" + local64 + "@example.com>", local64 + "@example.com"},
      {"<>", ""},
      {"<postmaster>", "postmaster"},
      {"<POSTMASTER@example.com>", "POSTMASTER@example.com"},
      {"fred@example.com", "-"},
      {"<fred>", "-"},
      {"<fred@>", "-"},
      {"<@example.com>", "-"},
      {"<fred@example.com", "-"},
      {"<fred@example.com>x", "-"},
      {"<fred@example..com>", "-"},
      {"<fred@example.com.>", "-"},
      {"<fred@-a.example>", "-"},
      {"<.fred@example.com>", "-"},
      {"<fr..ed@example.com>", "-"},
      {"<fr ed@example.com>", "-"},
      {"<fred@exam ple.com>", "-"},
      {"<fred@@example.com>", "-"},
      {"<\"fred@example.com>", "-"},
      {"<\"\"@example.com>", "-"},
      {"<fred@[192.0.2.256]>", "-"},
      {"<fred@[192.0.2]>", "-"},
      {"<fred@[IPv6:1::2::3]>", "-"},
      {"<fred@[]>", "-"},
      {"<@relay.example>", "-"},
      {"<" + local64 + "l@example.com>", "-"},
      {"<" + local64 + "@" + domain250 + "." + label + ".example>", "-"},
      {"", "-"},
  };
  for (const auto& [text, address] : cases) {
    const auto path = parse_path(text, {.utf8 = false, .empty = true, .postmaster = true});
    EXPECT_EQ(path ? path->address : "-", address) << text;
  }
}

TEST(Path, KeepsTheParameters) {
  const auto path = parse_path("<a@b.example>  SIZE=1 BODY=7BIT", {});
  ASSERT_TRUE(path);
  EXPECT_EQ(path->remainder, "SIZE=1 BODY=7BIT");
  EXPECT_FALSE(parse_path("<>", {}));
  EXPECT_TRUE(parse_path("<fred>", {.bare_local = true}));
}

TEST(Path, TellsWhyUtf8IsRefused) {
  const auto refused = parse_path("<\xc3\xa4@b.example>", {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Error::Kind::conflict);
  EXPECT_TRUE(parse_path("<\xc3\xa4@\xc3\xb6.example>", {.utf8 = true}));
}

TEST(Xtext, IsReadAndWritten) {
  EXPECT_EQ(encode_xtext("a+b=c d"), "a+2Bb+3Dc+20d");
  EXPECT_EQ(decode_xtext("a+2Bb+3Dc"), "a+b=c");
  for (const char* bad : {"a+2", "a+", "a+2b", "a b", "a=b", "a+GG"}) EXPECT_FALSE(decode_xtext(bad)) << bad;
}

TEST(Utf8, KnowsOverlongFormsAndSurrogates) {
  for (const char* good : {"", "a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* bad :
       {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "\x80", "\xff"})
    EXPECT_FALSE(is_utf8(bad)) << bad;
}

}  // namespace
}  // namespace stagecoach::smtp
