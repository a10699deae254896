#include "routing/text_filter.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace stagecoach::routing {
namespace {

std::size_t hash(int i) { return std::hash<std::string>{}("text" + std::to_string(i)); }

TEST(TextFilter, KnowsWhatWasAddedAndHardlyAnythingElse) {
  TextFilter filter;
  EXPECT_FALSE(filter.may_have(hash(0)));
  for (int i = 0; i < 20'000; ++i) filter.add(hash(i));
  int wrong = 0;
  for (int i = 0; i < 20'000; ++i) {
    EXPECT_TRUE(filter.may_have(hash(i))) << i;
    wrong += filter.may_have(hash(1'000'000 + i));
  }
  EXPECT_LT(wrong, 1'000);
}

}  // namespace
}  // namespace stagecoach::routing
