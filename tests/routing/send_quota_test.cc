#include "routing/send_quota.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

// QTA-008
const struct {
  const char* name;
  SendQuota quota;
  SendUsage sent;
  std::int64_t size_bytes, recipients, remote;
  const char* reason;  // "": may be sent
} k_cases[] = {
    {"no limits", {}, {{1000, 1000, 1000, 1000}, {}}, 1 << 30, 1000, 1000, ""},
    {"messages", {.messages = 10}, {{9, 9, 9, 9}, {}}, 1, 1, 0, ""},
    {"messages",
     {.messages = 10},
     {{10, 9, 9, 9}, {}},
     1,
     1,
     0,
     "the limit of 10 messages within 24 hours is reached"},
    {"recipients",
     {.recipients = 10},
     {{1, 8, 9, 9}, {}},
     1,
     3,
     0,
     "the limit of 10 recipients within 24 hours is reached"},
    {"size", {.size_kb = 10}, {{1, 1, 9 * 1024, 0}, {}}, 1024, 5, 0, ""},
    {"size",
     {.size_kb = 10},
     {{1, 1, 9 * 1024, 0}, {}},
     1025,
     5,
     0,
     "the limit of 10 kB within 24 hours is reached"},
    {"size times recipients",
     {.size_recipients_kb = 10},
     {},
     6 * 1024,
     2,
     0,
     "the limit of 10 kB times recipients within 24 hours is reached"},
    {"remote only", {.remote_messages = 1}, {{5, 5, 5, 5}, {1, 1, 1, 1}}, 1, 3, 0, ""},
    {"remote only",
     {.remote_messages = 1},
     {{5, 5, 5, 5}, {1, 1, 1, 1}},
     1,
     3,
     1,
     "the limit of 1 messages to remote recipients within 24 hours is reached"},
    {"remote recipients",
     {.period_hours = 720, .remote_recipients = 5},
     {},
     1,
     9,
     6,
     "the limit of 5 recipients to remote recipients within 720 hours is reached"},
    {"remote size",
     {.remote_size_kb = 1},
     {},
     2048,
     2,
     1,
     "the limit of 1 kB to remote recipients within 24 hours is reached"},
    {"remote size times recipients", {.remote_size_recipients_kb = 3}, {}, 1024, 9, 3, ""},
    {"no overflow",
     {.size_recipients_kb = 1},
     {{1, 1, 1, INT64_MAX}, {}},
     INT64_MAX,
     1000,
     0,
     "the limit of 1 kB times recipients within 24 hours is reached"},
};

TEST(SendQuota, LimitsWhatIsSentWithinAPeriod) {
  for (const auto& [name, quota, sent, size, recipients, remote, reason] : k_cases)
    EXPECT_EQ(exceeded_send_quota(quota, sent, usage_of(size, recipients, remote), 0).value_or(""), reason)
        << name;
}

// QTA-007
TEST(SendQuota, GrantsTheExtraPercentage) {
  const SendQuota quota{.messages = 10};
  const SendUsage message = usage_of(1, 1, 0);
  EXPECT_FALSE(exceeded_send_quota(quota, {{11, 0, 0, 0}, {}}, message, 20));
  EXPECT_TRUE(exceeded_send_quota(quota, {{12, 0, 0, 0}, {}}, message, 20));
}

}  // namespace
}  // namespace stagecoach::routing
