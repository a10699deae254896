#include "actors/queue_criteria.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

// USR-224
TEST(SearchText, IsAPartWithWildcardsOrARegularExpression) {
  const struct {
    const char *text, *value;
    bool found;
  } k_searches[] = {
      {"", "anything", true},
      {"invoice", "Your iNvOiCe 17", true},
      {"invoice", "in voice", false},
      {"in*ce", "an invoice!", true},
      {"in?oice", "Invoice", true},
      {"in?oice", "Inoice", false},
      {"a.c", "abc", false},
      {"100% (sure)", "100% (SURE) it is", true},
      {"käse", "KÄSE", true},
      {"/invoice/", "Invoice", false},
      {"/invoice/i", "Invoice", true},
      {"/^invoice$/", "an invoice", false},
      {"/Price: [0-9]{3}\\.[0-9]{2}/i", "price: 123.45", true},
  };
  for (const auto& [text, value, found] : k_searches) {
    const auto search = SearchText::compile(text);
    ASSERT_TRUE(search) << text;
    EXPECT_EQ(search->matches(value), found) << text << " in " << value;
  }
  EXPECT_FALSE(SearchText::compile("/(/"));
}

// USR-223
TEST(QueueMatch, EveryCriterionMustHold) {
  const QueueFacts facts{
      "fred@example.com", "ann@remote.example", "Invoice 7", "192.0.2.7", "fred", 2048, true};
  const auto matches = [&](std::string_view filter, const QueueCriteria& criteria) {
    const auto match = QueueMatch::compile(filter, criteria);
    return match && match->matches(facts);
  };
  using Held = QueueCriteria::Held;
  EXPECT_TRUE(matches("", {}));
  EXPECT_TRUE(matches("ANN@", {}));
  EXPECT_TRUE(matches("fred@", {}));
  EXPECT_FALSE(matches("kate", {}));
  const struct {
    QueueCriteria criteria;
    bool found;
  } k_criteria[] = {
      {{.size_min_bytes = 2048, .size_max_bytes = 2048}, true},
      {{.size_min_bytes = 2049}, false},
      {{.size_max_bytes = 2047}, false},
      {{.subject = "invoice"}, true},
      {{.subject = "offer"}, false},
      {{.source_ip = "192.0.2.*"}, true},
      {{.source_ip = "198."}, false},
      {{.auth_sender = "fred"}, true},
      {{.auth_sender = "kate"}, false},
      {{.to = "remote"}, true},
      {{.to = "fred@"}, false},
      {{.from = "example.com"}, true},
      {{.from = "ann"}, false},
      {{.held = Held::yes}, true},
      {{.held = Held::no}, false},
      {{.subject = "invoice", .to = "nobody"}, false},
  };
  for (std::size_t i = 0; i < std::size(k_criteria); ++i)
    EXPECT_EQ(matches("", k_criteria[i].criteria), k_criteria[i].found) << "row " << i;
  EXPECT_FALSE(QueueMatch::compile("/(/", {}));
}

}  // namespace
}  // namespace stagecoach
