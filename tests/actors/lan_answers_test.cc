#include "actors/lan_answers.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

using Known = LanAnswers::Known;
constexpr std::int64_t k_now = 1'800'000'000, k_minute = 60, k_hour = 3600;
constexpr const char* k_server = "a.lan:25";

TEST(LanAnswers, AreRememberedForAWhile) {
  LanAnswers answers;
  EXPECT_EQ(answers.look_up(k_server, "a@x", k_now), Known::ask);
  answers.learn(k_server, "a@x", true, k_now);
  answers.learn(k_server, "b@x", false, k_now);
  EXPECT_EQ(answers.look_up(k_server, "a@X", k_now + 59 * k_minute), Known::exists);
  EXPECT_EQ(answers.look_up(k_server, "a@x", k_now + k_hour), Known::ask);
  EXPECT_EQ(answers.look_up(k_server, "b@x", k_now + 4 * k_minute), Known::unknown);
  EXPECT_EQ(answers.look_up(k_server, "b@x", k_now + 5 * k_minute), Known::ask) << "the address may be new";
  EXPECT_EQ(answers.look_up("b.lan:25", "b@x", k_now), Known::ask) << "another server";
  EXPECT_EQ(answers.look_up(k_server, "A@x", k_now), Known::ask) << "local parts may be case sensitive";
}

// LAN-20
TEST(LanAnswers, AServerThatIsDown) {
  const struct {
    const char* address;
    std::int64_t after;
    Known known;
  } k_cases[] = {
      {"never-asked@x", k_hour, Known::exists},
      {"unknown@x", 23 * k_hour, Known::unknown},
      {"unknown@x", 24 * k_hour, Known::exists},
      {"known@x", 23 * k_hour, Known::exists},
  };
  for (const auto& [address, after, known] : k_cases) {
    LanAnswers answers;
    answers.learn(k_server, "known@x", true, k_now);
    answers.learn(k_server, "unknown@x", false, k_now);
    const std::int64_t now = k_now + after;
    EXPECT_EQ(answers.look_up(k_server, address, now), Known::ask) << address;
    EXPECT_EQ(answers.without_answer(k_server, address, true, now), known) << address;
    EXPECT_EQ(answers.look_up(k_server, address, now + 59), known) << address << ", without another question";
    EXPECT_EQ(answers.look_up(k_server, address, now + 60), Known::ask) << address;
  }
}

TEST(LanAnswers, AServerThatDoesNotSayIsAskedAgain) {
  LanAnswers answers;
  EXPECT_EQ(answers.without_answer(k_server, "a@x", false, k_now), Known::exists);
  EXPECT_EQ(answers.look_up(k_server, "a@x", k_now), Known::ask);
}

TEST(LanAnswers, AnAnswerEndsTheTimeAlone) {
  LanAnswers answers;
  answers.without_answer(k_server, "a@x", true, k_now);
  answers.learn(k_server, "b@x", true, k_now + 1);
  EXPECT_EQ(answers.look_up(k_server, "a@x", k_now + 2), Known::ask);
}

TEST(LanAnswers, AreLimited) {
  LanAnswers answers;
  for (std::size_t i = 0; i < LanAnswers::k_answers_max + 10; ++i)
    answers.learn(k_server, std::to_string(i) + "@x", false, k_now);
  EXPECT_EQ(answers.size(), LanAnswers::k_answers_max);
  EXPECT_EQ(answers.look_up(k_server, "9@x", k_now), Known::ask);
  EXPECT_EQ(answers.look_up(k_server, "10@x", k_now), Known::unknown);
}

}  // namespace
}  // namespace stagecoach
