#include "protocols/http/form.h"

#include <gtest/gtest.h>

namespace stagecoach::http {
namespace {

constexpr const char* k_plain = "application/x-www-form-urlencoded";
constexpr const char* k_parts = "multipart/form-data; boundary=\"b c\"";

const struct {
  const char* name;
  const char* type;
  std::string body;
  const char* fields;  // "name=value|"; "error"
} k_forms[] = {
    {"one-click", k_plain, "List-Unsubscribe=One-Click", "List-Unsubscribe=One-Click|"},
    {"a charset", "application/x-www-form-urlencoded; charset=utf-8", "a=b", "a=b|"},
    {"several", k_plain, "a=b+c&d=%C3%A4%26&e&=f&&g=h=i", "a=b c|d=\xC3\xA4&|e=|=f|g=h=i|"},
    {"broken escapes stay", k_plain, "a=%&b=%2&c=%zz", "a=%|b=%2|c=%zz|"},
    {"nothing", k_plain, "", ""},
    {"a part", k_parts,
     "--b c\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b c--\r\n",
     "List-Unsubscribe=One-Click|"},
    {"parts with bare LF and a preamble", k_parts,
     "x\n--b c\nContent-Disposition: form-data; name=a\n\nb\nc\n--b c\n\nd\n--b c--", "a=b\nc|=d|"},
    {"an empty part", k_parts, "--b c\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--b c--", "a=|"},
    {"no parts", k_parts, "--b c--", ""},
    {"no end", k_parts, "--b c\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n", "error"},
    {"no delimiter", k_parts, "a=b", "error"},
    {"no boundary", "multipart/form-data", "----\r\n", "error"},
    {"another type", "application/json", "{}", "error"},
    {"no type", "", "a=b", "error"},
    {"too many", k_plain,
     std::string(202, '&') +
         [] {
           std::string many;
           for (int i = 0; i < 101; ++i) many += "a&";
           return many;
         }(),
     "error"},
};

TEST(HttpForm, IsReadAsFields) {
  for (const auto& [name, type, body, fields] : k_forms) {
    std::string text;
    if (const auto form = parse_form(type, body))
      for (const Field& field : *form) text += field.name + "=" + field.value + "|";
    else
      text = "error";
    EXPECT_EQ(text, fields) << name;
  }
}

TEST(HttpPath, IsDecoded) {
  EXPECT_EQ(percent_decoded("a%20b+c%2"), "a b+c%2");
  EXPECT_EQ(percent_decoded("a+b", true), "a b");
}

}  // namespace
}  // namespace stagecoach::http
