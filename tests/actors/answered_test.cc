#include "actors/answered.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

constexpr std::int64_t k_hour = 3'600'000'000;

Plan answer(std::int64_t hours) {
  Generated generated;
  generated.purpose = "autoresponse";
  generated.memory = Generated::Memory{"Fred", "Away", "All", "Ann@x.example", hours};
  Plan plan;
  plan.generated = {generated};
  return plan;
}

TEST(Answered, HoldsBackWhatComesTooEarly) {  // USR-121
  Answered answered;
  answered.note(answer(24), 100 * k_hour);
  Plan early = answer(24), late = answer(24), unlimited = answer(0);
  answered.hold_back(early, 123 * k_hour);
  EXPECT_TRUE(early.generated.empty());
  EXPECT_EQ(early.reasons.size(), 1u);
  answered.hold_back(late, 124 * k_hour);
  EXPECT_EQ(late.generated.size(), 1u);
  answered.hold_back(unlimited, 100 * k_hour);
  EXPECT_EQ(unlimited.generated.size(), 1u);
}

TEST(Answered, ForgetsWhatWasCleared) {
  for (const auto& [definition, forgotten] : {std::pair{"", true}, {"AWAY", true}, {"Awa", false}}) {
    Answered answered;
    answered.note(answer(24), 100 * k_hour);
    answered.forget("FRED", definition);
    Plan plan = answer(24);
    answered.hold_back(plan, 101 * k_hour);
    EXPECT_EQ(plan.generated.size(), forgotten ? 1u : 0u) << definition;
  }
}

TEST(Answered, KnowsUserDefinitionAndSenderApart) {
  Answered answered;
  answered.note("fred", "away", "ann@x.example", 100 * k_hour);
  Plan same = answer(24);
  answered.hold_back(same, 101 * k_hour);
  EXPECT_TRUE(same.generated.empty()) << "case does not matter";
  for (const char* sender : {"bob@x.example", ""}) {
    Plan other = answer(24);
    other.generated[0].memory->sender = sender;
    answered.hold_back(other, 101 * k_hour);
    EXPECT_EQ(other.generated.size(), 1u) << sender;
  }
}

}  // namespace
}  // namespace stagecoach
