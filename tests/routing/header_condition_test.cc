#include "routing/header_condition.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

// USR-104
const struct {
  const char* condition;
  const char* field;
  const char* body;
  bool matches;
} k_conditions[] = {
    {"From: joe@customer.example", "From", "joe@customer.example", true},
    {"from: JOE@customer.example", "From", "joe@customer.example", true},
    {"From: joe@customer.example", "From", "\"Joe Brown\" <joe@customer.example>", false},
    {"From: *joe@customer.example*", "From", "\"Joe Brown\" <joe@customer.example>", true},
    {"Subject: NoReply*", "Subject", "noreply: your order", true},
    {"Subject: NoReply*", "Subject", "Re: NoReply", false},
    {"Subject: a?c", "Subject", "abc", true},
    {"List-*: *", "List-Unsubscribe", "<mailto:x@y.example>", true},
    {"List-*: *", "Listing", "x", false},
    {"X-Spam: *", "X-Spam", "", true},
    {"X-Spam: *", "X-Spam-Score", "1", false},
    {"Subject: /no\\s+filter/i", "Subject", "please No  Filter", true},
};

TEST(HeaderCondition, ComparesTheWholeBodyWithoutCase) {
  for (const auto& [line, field, body, matches] : k_conditions) {
    const auto condition = HeaderCondition::parse(line);
    ASSERT_TRUE(condition) << line;
    EXPECT_EQ(condition->matches({{"To", "x"}, {field, body}}), matches) << line << " on " << body;
  }
}

TEST(HeaderCondition, RefusesWhatNamesNoField) {
  EXPECT_FALSE(HeaderCondition::parse("no colon"));
  EXPECT_FALSE(HeaderCondition::parse(": data"));
  EXPECT_FALSE(HeaderCondition::parse("X: /(/"));
}

}  // namespace
}  // namespace stagecoach::routing
