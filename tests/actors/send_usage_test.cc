#include "actors/send_usage.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

constexpr std::int64_t k_minute = 60'000'000, k_hour = 60 * k_minute, k_start = 500'000 * k_hour;

TEST(SendLog, SumsWhatTheLastPeriodHas) {
  SendLog log;
  log.add("Fred", k_start, routing::usage_of(1000, 3, 1), 24);
  log.add("fred", k_start + k_hour, routing::usage_of(500, 1, 0), 24);
  log.add("kate", k_start, routing::usage_of(7, 1, 1), 24);
  const auto sent = log.sent("FRED", k_start + 2 * k_hour, 24);
  EXPECT_EQ(sent.total, (routing::SendCounts{2, 4, 1500, 3500}));
  EXPECT_EQ(sent.remote, (routing::SendCounts{1, 1, 1000, 1000}));
  EXPECT_EQ(log.sent("fred", k_start + 24 * k_hour, 24).total.messages, 1) << "the first is a period old";
  EXPECT_EQ(log.sent("fred", k_start + 25 * k_hour, 24), routing::SendUsage{});
  EXPECT_EQ(log.sent("nobody", k_start, 24), routing::SendUsage{});
  log.forget("fred");
  EXPECT_EQ(log.sent("fred", k_start + 2 * k_hour, 24), routing::SendUsage{});
}

TEST(SendLog, TakesTimesInAnyOrder) {
  SendLog log;
  for (const std::int64_t hour : {5, 1, 3})
    log.add("fred", k_start + hour * k_hour, routing::usage_of(1, 1, 0), 24);
  EXPECT_EQ(log.sent("fred", k_start + 6 * k_hour, 24).total.messages, 3);
  EXPECT_EQ(log.sent("fred", k_start + 6 * k_hour, 4).total.messages, 2) << "a shorter period";
}

TEST(SendLog, WhatComesInTheSameMomentIsKeptTogether) {
  SendLog log;
  for (int i = 0; i < 100; ++i) log.add("fred", k_start + i, routing::usage_of(1, 1, 0), 24);
  EXPECT_EQ(log.sent("fred", k_start + k_hour, 24).total.messages, 100);
}

TEST(SentMessageOf, ReadsTheTraceOfUsersOnly) {
  storage::TraceEntry entry;
  entry.event = "accepted";
  entry.at = k_start;
  entry.recipients = {"a@x.example", "kate@example.com"};
  entry.size_bytes = 100;
  entry.detail = R"({"user": "fred", "plan": ["deliver to kate, folder INBOX", "enqueue for a@x.example"]})";
  const auto sent = sent_message_of(entry);
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->user, "fred");
  EXPECT_EQ(sent->at, k_start);
  EXPECT_EQ(sent->usage, routing::usage_of(100, 2, 1));
  for (const char* other : {R"({"user": ""})", R"({"user": 4})", "{}", "[]", "no json", ""}) {
    entry.detail = other;
    EXPECT_FALSE(sent_message_of(entry)) << other;
  }
}

}  // namespace
}  // namespace stagecoach
