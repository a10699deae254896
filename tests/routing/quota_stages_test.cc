#include "routing/quota_stages.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

std::string text_of(const std::optional<QuotaWarning>& warning) {
  if (!warning) return "none";
  return std::to_string(warning->stage) + (warning->user ? " user" : "") + (warning->admin ? " admin" : "") +
         " " + std::to_string(warning->percent) + "%";
}

// QTA-002
const struct {
  std::int64_t before, now, quota;
  const char* warning;
} k_growth[] = {
    {0, 800, 1000, "none"},  // above, not at
    {0, 801, 1000, "1 user 80%"},
    {801, 900, 1000, "none"},  // told before
    {900, 800, 1000, "none"},
    {900, 1001, 1000, "2 user admin 100%"},
    {1100, 1300, 1000, "3 user admin 130%"},
    {0, 1300, 1000, "3 user admin 130%"},  // one message passes all stages
    {0, 1300, 0, "none"},
    {4000000000000000000, 9000000000000000000, 9000000000000000000, "1 user 100%"},
};

TEST(QuotaStages, WarnsWhenAMailboxGrowsAboveAStage) {
  for (const auto& [before, now, quota, warning] : k_growth)
    EXPECT_EQ(text_of(growth_warning(before, now, quota, {})), warning) << before << " to " << now;
}

TEST(QuotaStages, TellsThoseWhomTheStageNames) {
  QuotaPolicy policy;
  policy.stage1_user = false;
  EXPECT_EQ(text_of(growth_warning(0, 900, 1000, policy)), "none");
  policy.stage1_admin = true;
  EXPECT_EQ(text_of(growth_warning(0, 900, 1000, policy)), "1 admin 90%");
  policy.stage1_percent = 0;
  EXPECT_EQ(text_of(growth_warning(0, 900, 1000, policy)), "none");
}

// QTA-004
TEST(QuotaStages, WarnsDailyByTwoPercentages) {
  EXPECT_EQ(text_of(daily_warning(800, 1000, {})), "none");
  EXPECT_EQ(text_of(daily_warning(900, 1000, {})), "0 user 90%");
  EXPECT_EQ(text_of(daily_warning(1001, 1000, {})), "0 user admin 100%");
  EXPECT_EQ(text_of(daily_warning(1001, 0, {})), "none");
}

// QTA-003
TEST(QuotaStages, BlocksSendingAboveAPercentage) {
  EXPECT_FALSE(blocks_sending(1250, 1000, {}));
  EXPECT_TRUE(blocks_sending(1251, 1000, {}));
  EXPECT_FALSE(blocks_sending(1251, 0, {}));
  QuotaPolicy off;
  off.block_send_percent = 0;
  EXPECT_FALSE(blocks_sending(100000, 1000, off));
}

}  // namespace
}  // namespace stagecoach::routing
