#include "actors/listing_filter.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

using nlohmann::json;

std::vector<json> rows() {
  return {{{"name", "Kate"},
           {"size", 1000},
           {"administrator", true},
           {"marks", {"forward"}},
           {"settings", {{"type", "pop3"}}}},
          {{"name", "albert"},
           {"size", 5},
           {"administrator", false},
           {"marks", json::array()},
           {"settings", {{"type", "smtp"}}}},
          {{"name", "fred"}, {"size", 20}, {"administrator", false}, {"marks", {"forward", "locked"}}}};
}
std::string names(const Result<std::vector<json>>& rows) {
  if (!rows) return "error: " + rows.error().text();
  std::string text;
  for (const json& row : *rows) text += (text.empty() ? "" : " ") + row.value("name", "");
  return text;
}

// USR-018 USR-019 REF-015
TEST(ListingFilter, KeepsTheRowsThatMeetAllConditions) {
  const struct {
    std::map<std::string, std::string> conditions;
    const char* left;
  } k_cases[] = {
      {{}, "Kate albert fred"},
      {{{"name", "E"}}, "Kate albert fred"},
      {{{"name", "=FRED"}}, "fred"},
      {{{"name", "=fre"}}, ""},
      {{{"size", "20"}}, "fred"},
      {{{"size", ">20"}}, "Kate"},
      {{{"size", ">=20"}}, "Kate fred"},
      {{{"size", "<20"}}, "albert"},
      {{{"size", "<=20"}}, "albert fred"},
      {{{"size", "5..20"}}, "albert fred"},
      {{{"size", "6..19"}}, ""},
      {{{"administrator", "yes"}}, "Kate"},
      {{{"administrator", "off"}}, "albert fred"},
      {{{"marks", "forw"}}, "Kate fred"},
      {{{"type", "pop"}}, "Kate"},
      {{{"size", ">5"}, {"name", "f"}}, "fred"},
      {{{"colour", "red"}}, "error: there is no column \"colour\""},
      {{{"size", "big"}}, "error: \"big\" is none of 5, >5, >=5, <5, <=5, 2..5 (column size)"},
      {{{"size", "1.."}}, "error: \"1..\" is none of 5, >5, >=5, <5, <=5, 2..5 (column size)"},
      {{{"size", ""}}, "error: \"\" is none of 5, >5, >=5, <5, <=5, 2..5 (column size)"},
      {{{"administrator", "maybe"}}, "error: \"maybe\" is neither yes nor no (column administrator)"},
  };
  for (const auto& [conditions, left] : k_cases)
    EXPECT_EQ(names(filter_rows(rows(), conditions)), left) << json(conditions).dump();
}

// USR-020 REF-016
TEST(ListingFilter, SortsByAColumnInBothDirections) {
  EXPECT_EQ(names(sort_rows(rows(), "name")), "albert fred Kate");
  EXPECT_EQ(names(sort_rows(rows(), "-name")), "Kate fred albert");
  EXPECT_EQ(names(sort_rows(rows(), "size")), "albert fred Kate");
  EXPECT_EQ(names(sort_rows(rows(), "-size")), "Kate fred albert");
  EXPECT_EQ(names(sort_rows(rows(), "administrator")), "albert fred Kate");
  EXPECT_EQ(names(sort_rows(rows(), "type")), "fred Kate albert");
  EXPECT_EQ(names(sort_rows(rows(), "")), "Kate albert fred");
  EXPECT_EQ(names(sort_rows(rows(), "colour")), "error: there is no column \"colour\"");
  EXPECT_EQ(names(sort_rows({}, "colour")), "");
}

}  // namespace
}  // namespace stagecoach
