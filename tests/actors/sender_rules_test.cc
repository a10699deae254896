#include "actors/sender_rules.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

using namespace std::chrono_literals;

const Time k_now{std::chrono::hours(500'000)};

conf::SenderSettings sender(const char* script) {
  conf::SenderSettings settings;
  settings.connection = "main";
  settings.advanced.domain_filtering = script;
  return settings;
}

// SND-41, SND-45
TEST(SenderRules, TakeWhatTheFilterAttempts) {
  SenderRules rules;
  rules.configure({sender("skip: to matches \"*@other.example\"")});
  EXPECT_TRUE(rules.attempts("main", {}, "a@x.example"));
  EXPECT_FALSE(rules.attempts("main", {}, "a@other.example"));
  EXPECT_TRUE(rules.attempts("second", {}, "a@other.example")) << "a sender without rules";
}

// SND-13, SND-14, WIK-051
TEST(SenderRules, LetNoMoreGoThanAllowedInATime) {
  SenderRules rules;
  conf::SenderSettings settings = sender("");
  settings.limits.max_messages = 2;
  settings.limits.max_messages_minutes = 10min;
  settings.limits.max_recipients = 5;
  settings.limits.max_recipients_minutes = 60min;
  rules.configure({settings});
  EXPECT_EQ(rules.allowance("main|relay", k_now).recipients, 5);
  rules.note("main|relay", k_now, 4);
  EXPECT_EQ(rules.allowance("main|relay", k_now).recipients, 1) << "the next message is split";
  rules.configure({settings});
  EXPECT_EQ(rules.allowance("main|relay", k_now + 1min).recipients, 1) << "a reload forgets nothing";
  rules.note("main|relay", k_now + 1min, 1);
  const auto blocked = rules.allowance("main|relay", k_now + 2min);
  EXPECT_EQ(blocked.recipients, 0);
  EXPECT_GE(blocked.until, k_now + 60min);
  EXPECT_GT(rules.allowance("main|relay", blocked.until + 2min).recipients, 0);
  EXPECT_EQ(rules.allowance("other|relay", k_now).recipients, INT64_MAX);
}

TEST(SenderRules, LetNoMoreGoToOneDestinationThanAllowedInAMinute) {
  conf::SenderSettings sender;
  sender.connection = "main";
  sender.kind = conf::SenderKind::direct;
  sender.direct.messages_per_minute = 2;
  SenderRules rules;
  rules.configure({sender});
  const std::string busy = "main|busy.example", other = "main|other.example";
  for (int i = 0; i < 2; ++i) {
    EXPECT_GT(rules.allowance(busy, k_now).recipients, 0);
    rules.note(busy, k_now, 1);
  }
  const auto blocked = rules.allowance(busy, k_now + 1s);
  EXPECT_EQ(blocked.recipients, 0);
  EXPECT_GE(blocked.until, k_now + 60s);
  EXPECT_LE(blocked.until, k_now + 61s);
  EXPECT_GT(rules.allowance(other, k_now + 1s).recipients, 0);
  rules.configure({sender});
  EXPECT_EQ(rules.allowance(busy, k_now + 2s).recipients, 0) << "a reload forgets nothing";
  EXPECT_GT(rules.allowance(busy, blocked.until).recipients, 0);
  for (int i = 0; i < 2; ++i) rules.note(busy, blocked.until, 1);
  EXPECT_EQ(rules.allowance(busy, blocked.until + 1s).recipients, 0);
  sender.direct.messages_per_minute = 0;
  rules.configure({sender});
  EXPECT_GT(rules.allowance(busy, blocked.until + 1s).recipients, 0) << "switched off";
}

// SND-21, SND-23, SND-25
TEST(SenderRules, GiveOverriddenDomainsADestinationOfTheirOwn) {
  SenderRules rules;
  conf::SenderSettings settings = sender("");
  settings.kind = conf::SenderKind::direct;
  settings.direct.dns_overrides = {"a.example relay.example:26 $end", "* big.example $size>1000",
                                   "* hosted.example $dnsmx:*.hoster.example"};
  rules.configure({settings});
  const auto destination = [&](const char* recipient, std::int64_t size, std::int64_t id) {
    return rules.destination(settings, {.size_bytes = size}, recipient, QueueId{id});
  };
  EXPECT_EQ(destination("x@A.example", 9, 1), "main|a.example|1");
  EXPECT_EQ(rules.override_of("main|a.example|1")->answer.hosts.at(0).name, "relay.example");
  EXPECT_EQ(destination("x@b.example", 9, 7), "main|b.example|?7") << "only the MX records know";
  EXPECT_TRUE(rules.override_of("main|b.example|?7")->answer.needs_real);
  EXPECT_EQ(
      rules.override_of("main|b.example|?7")->ask_again("b.example", {"mx.hoster.example"}).hosts.size(), 1u);
  EXPECT_FALSE(rules.override_of("main|b.example|?7")->ask_again("b.example", {"mx.b.example"}).found);
  rules.forget("main|b.example|?7");
  EXPECT_FALSE(rules.override_of("main|b.example|?7"));
  settings.kind = conf::SenderKind::relay;
  EXPECT_EQ(destination("x@a.example", 9, 1), "main|relay");
}

// SND-11, SND-12
TEST(SenderRules, EndASessionAtItsLimits) {
  conf::SenderLimits limits;
  EXPECT_EQ(room_of_session(limits, 1000, 1000), INT64_MAX);
  limits.max_recipients_per_session = 10;
  EXPECT_EQ(room_of_session(limits, 1, 7), 3);
  EXPECT_EQ(room_of_session(limits, 1, 10), 0);
  limits.max_messages_per_session = 2;
  EXPECT_EQ(room_of_session(limits, 1, 7), 3);
  EXPECT_EQ(room_of_session(limits, 2, 7), 0);
}

}  // namespace
}  // namespace stagecoach
