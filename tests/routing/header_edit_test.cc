#include "routing/header_edit.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

const struct {
  const char* line;
  const char* edit;  // "": refused
} k_lines[] = {
    {"MyHeader: blob", "set MyHeader=blob"},
    {" X-A :  b c ", "set X-A=b c"},
    {"Received:", "remove Received="},
    {"X: a: b", "set X=a: b"},
    {"X: a\r\nBcc: d", "set X=a  Bcc: d"},
    {"no colon", ""},
    {": data", ""},
    {"two words: data", ""},
};

TEST(HeaderEdit, ReadsModifiers) {
  for (const auto& [line, expected] : k_lines) {
    const auto edit = parse_header_modifier(line);
    std::string text;
    if (edit)
      text = (edit->kind == HeaderEdit::Kind::set ? "set " : "remove ") + edit->name + "=" + edit->value;
    EXPECT_EQ(text, expected) << line;
  }
}

std::string text_of(const HeaderFields& header) {
  std::string text;
  for (const HeaderField& field : header) text += field.name + "=" + field.body + " ";
  return text;
}

TEST(HeaderEdit, ShowsTheHeaderAsItWillBe) {
  using Kind = HeaderEdit::Kind;
  HeaderFields header{{"To", "a"}, {"X", "1"}, {"Cc", "b"}, {"x", "2"}};
  apply_edit(header, {Kind::set, "X", "3"});
  EXPECT_EQ(text_of(header), "To=a X=3 Cc=b ");
  apply_edit(header, {Kind::add, "X", "4"});
  EXPECT_EQ(text_of(header), "To=a X=3 Cc=b X=4 ");
  apply_edit(header, {Kind::remove, "x", ""});
  EXPECT_EQ(text_of(header), "To=a Cc=b ");
  apply_edit(header, {Kind::set, "New", "5"});
  EXPECT_EQ(text_of(header), "To=a Cc=b New=5 ");
}

}  // namespace
}  // namespace stagecoach::routing
