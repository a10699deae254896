#include "protocols/dkim/canonical.h"

#include <gtest/gtest.h>

namespace stagecoach::dkim {
namespace {

std::string body(Form form, std::string_view text, std::size_t piece) {
  std::string result;
  CanonicalBody canonical(form, [&](std::string_view bytes) { result += bytes; });
  for (std::size_t at = 0; at < text.size(); at += piece) canonical.add(text.substr(at, piece));
  canonical.finish();
  return result;
}

TEST(CanonicalField, OfBothForms) {
  const struct {
    const char* raw;
    const char* relaxed;
    const char* simple;
  } k_fields[] = {
      {"A: X\r\n", "a:X\r\n", "A: X\r\n"},  // RFC 6376 section 3.4.5
      {"B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n", "B : Y\t\r\n\tZ  \r\n"},
      {"Subject:\r\n", "subject:\r\n", "Subject:\r\n"},
      {"Subject: a\n b\n", "subject:a b\r\n", "Subject: a\r\n b\r\n"},
      {"Subject: no end", "subject:no end\r\n", "Subject: no end\r\n"},
      {"no colon", "no colon\r\n", "no colon\r\n"},
      {"X:  a:b \t c", "x:a:b c\r\n", "X:  a:b \t c\r\n"},
  };
  for (const auto& [raw, relaxed, simple] : k_fields) {
    EXPECT_EQ(canonical_field(Form::relaxed, raw), relaxed) << raw;
    EXPECT_EQ(canonical_field(Form::simple, raw), simple) << raw;
  }
}

TEST(CanonicalBody, IsTheSameForEverySplit) {
  const struct {
    const char* text;
    const char* relaxed;
    const char* simple;
  } k_bodies[] = {
      {" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n", " C \r\nD \t E\r\n"},  // RFC 6376 section 3.4.5
      {"", "", "\r\n"},
      {"\r\n\r\n", "", "\r\n"},
      {" \t\r\n", "", " \t\r\n"},
      {"a", "a\r\n", "a\r\n"},
      {"a\r\n\r\n \r\nb", "a\r\n\r\n\r\nb\r\n", "a\r\n\r\n \r\nb\r\n"},
      {"a\r\n \r\n\t\r\n", "a\r\n", "a\r\n \r\n\t\r\n"},
      {"a\nb\rc\r\n", "a\r\nb\r\nc\r\n", "a\r\nb\r\nc\r\n"},
      {"a\r\rb\n\nc", "a\r\n\r\nb\r\n\r\nc\r\n", "a\r\n\r\nb\r\n\r\nc\r\n"},
      {"\r\n\r\na", "\r\n\r\na\r\n", "\r\n\r\na\r\n"},
      {"a  ", "a\r\n", "a  \r\n"},
  };
  for (const auto& [text, relaxed, simple] : k_bodies)
    for (const std::size_t piece : {1, 2, 3, 1000}) {
      EXPECT_EQ(body(Form::relaxed, text, piece), relaxed) << text << " in pieces of " << piece;
      EXPECT_EQ(body(Form::simple, text, piece), simple) << text << " in pieces of " << piece;
    }
}

TEST(CanonicalBody, KeepsNoMoreThanABlock) {
  std::size_t largest = 0, all = 0;
  CanonicalBody canonical(Form::relaxed, [&](std::string_view bytes) {
    largest = std::max(largest, bytes.size());
    all += bytes.size();
  });
  for (int i = 0; i < 300000; ++i) canonical.add("\r\n");
  canonical.add("end");
  canonical.finish();
  EXPECT_EQ(all, 600005u);
  EXPECT_LE(largest, 20000u);
}

TEST(WithCrlf, MakesEveryLineEndOne) {
  EXPECT_EQ(with_crlf("a\nb\rc\r\nd\r\r\n\n"), "a\r\nb\r\nc\r\nd\r\n\r\n\r\n");
}

}  // namespace
}  // namespace stagecoach::dkim
