#include "conf/csv.h"

#include <gtest/gtest.h>

namespace stagecoach::conf {
namespace {

/// "a|b/c" for two rows; "! reason" when it fails.
std::string shape(std::string_view text, char separator = 0) {
  const auto rows = parse_csv(text, separator);
  if (!rows) return "! " + rows.error().reason;
  std::string result;
  for (const CsvRow& row : *rows) {
    if (!result.empty()) result += "/";
    for (std::size_t i = 0; i < row.fields.size(); ++i) result += (i == 0 ? "" : "|") + row.fields[i];
  }
  return result;
}

const struct {
  const char* text;
  const char* shape;
} k_texts[] = {
    {"", ""},
    {"a,b\r\nc,d\r\n", "a|b/c|d"},
    {"a,b\nc,d", "a|b/c|d"},
    {"\xef\xbb\xbf"
     "a,b",
     "a|b"},
    {"a;b;c\n1,5;2;3", "a|b|c/1,5|2|3"},
    {"a\tb\n", "a|b"},
    {"\"a,\"\"b\"\"\",c", "a,\"b\"|c"},
    {"\"a;b\",c\n", "a;b|c"},
    {"\"two\r\nlines\",x\r\ny", "two\r\nlines|x/y"},
    {"a,,\n,", "a||/|"},
    {"a\n\n\r\nb", "a/b"},
    {"\"\"", ""},
    {"\"a\"b,c", "! line 1: text behind a closing quote"},
    {"x\n\"a\nb", "! line 2: a quote is not closed"},
    {"a\rb", "! line 1: a CR without LF"},
    {"a\"b,c", "a\"b|c"},
};

TEST(Csv, ReadsWhatOtherProgramsWrite) {
  for (const auto& [text, expected] : k_texts) EXPECT_EQ(shape(text), expected) << text;
}

TEST(Csv, KeepsToItsLimits) {
  EXPECT_EQ(shape(std::string(600, ',')), "! line 1: more than 500 fields");
  EXPECT_EQ(shape(std::string(70000, 'x')), "! line 1: a field has more than 64 kB");
  EXPECT_EQ(shape("\"" + std::string(70000, 'x') + "\""), "! line 1: a field has more than 64 kB");
  EXPECT_EQ(shape(std::string("a\0b", 3)), "! the file has a NUL character: it is no UTF-8 text");
}

TEST(Csv, CountsLinesInsideQuotes) {
  const auto rows = parse_csv("\"a\nb\",1\nc,2\n");
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->at(1).line, 3);
}

TEST(Csv, WritesWhatItReads) {
  const std::vector<std::string> fields{"a", "b,c", "d\"e\"", "two\nlines", "", "x;y", " z "};
  const auto rows = parse_csv(csv_row(fields) + csv_row(fields), ',');
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->at(0).fields, fields);
  EXPECT_EQ(rows->at(1).fields, fields);
}

const struct {
  const char* field;
  const char* kept;  // "! …": refused
} k_fields[] = {
    {"Fred", "Fred"},
    {"", ""},
    {"+49 30 1234", "+49 30 1234"},
    {"-1", "-1"},
    {"=1+2", "! begins like a formula"},
    {"@SUM(A1)", "! begins like a formula"},
    {"+cmd", "! begins like a formula"},
    {"'=1+2", "=1+2"},
    {"'quoted'", "'quoted'"},
    {"a\r\nBcc: x", "! has a line break"},
    {"a\tb", "! has a line break"},
};

TEST(Csv, RefusesFormulasAndLineBreaks) {
  for (const auto& [field, kept] : k_fields) {
    const auto plain = plain_field(field);
    const std::string shown = plain ? *plain : "! " + plain.error().reason;
    EXPECT_EQ(shown.substr(0, std::string_view(kept).size()), kept) << field;
    if (!plain) continue;
    EXPECT_EQ(csv_row({*plain}), std::string(field) + "\r\n");
  }
}

}  // namespace
}  // namespace stagecoach::conf
