#include "conf/mapping_csv.h"

#include <gtest/gtest.h>

namespace stagecoach::conf {
namespace {

const std::vector<CollectorName> k_collectors = {{1, "isp"}, {7, "other"}};

/// "address>target>comment>type>collector;" for each row, then the problems.
std::string parsed(std::string_view text) {
  const auto csv = parse_mapping_csv(text, k_collectors);
  if (!csv) return "! " + csv.error().reason;
  std::string result;
  for (const MappingCsvRow& row : csv->rows) {
    const Mapping& mapping = row.mapping;
    result += mapping.address + ">" + mapping.target + ">" + mapping.comments + ">" +
              std::to_string(static_cast<int>(mapping.type)) + ">" + mapping.collector + ";";
  }
  for (const CsvProblem& problem : csv->problems) result += problem.text() + ";";
  return result;
}

const struct {
  const char* text;
  const char* result;
} k_texts[] = {
    {"sales,kate\n", "sales>kate>>0>;"},  // MAP-034
    {"sales,kate,,Normal,ALL\n", "sales>kate>>0>;"},
    {"sales,kate,a comment,pop3,7\n", "sales>kate>a comment>1>other;"},  // MAP-035
    {"sales,kate,,SMTP\nx,kate,,FROM,isp\n", "sales>kate>>2>;x>kate>>3>isp;"},
    {"Email Address,Target mailbox/list,Comment,Type,ID\nsales,kate\n", "sales>kate>>0>;"},
    {"~@example.com,*REMOTE\n", "~@example.com>*REMOTE>>0>;"},
    {"sales,kate\nSALES,Kate\n", "sales>kate>>0>;"},
    {"sales\n", "line 1: Target: is missing;"},
    {"sales,kate,,IMAP\n", "line 1: Type: \"IMAP\" is none of Normal, POP3, SMTP, FROM;"},
    {"sales,kate,,POP3,9\n", "line 1: Mail Collector: there is no collector \"9\";"},
    {"sales,a@b.example\n",
     "line 1: Target: \"a@b.example\" is no name: letters, digits, '.', '_' and '-' only;"},
    {"~x@a,kate\nok,kate\n",
     "ok>kate>>0>;line 1: Email Address: \"~x@a\": ~ must be the only character before the @;"},
    {"a,kate,\"x\ny\"\n", "line 1: Comment: has a line break or another control character;"},
    {"\"a", "! line 1: a quote is not closed"},
};

TEST(MappingCsv, ReadsFiveColumns) {
  for (const auto& [text, result] : k_texts) EXPECT_EQ(parsed(text), result) << text;
}

TEST(MappingCsv, WritesWhatItReads) {  // MAP-033
  const std::vector<Mapping> mappings = {
      {.address = "sales", .target = "kate", .comments = "a, b"},
      {.address = "x@example.com", .target = "No-one", .type = MappingType::pop3, .collector = "other"}};
  const std::string text = write_mapping_csv(mappings, k_collectors);
  EXPECT_EQ(text, "sales,kate,\"a, b\",Normal,ALL\r\nx@example.com,No-one,,POP3,7\r\n");
  EXPECT_EQ(parsed(text), "sales>kate>a, b>0>;x@example.com>No-one>>1>other;");
}

}  // namespace
}  // namespace stagecoach::conf
