#include "actors/destinations.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

constexpr std::int64_t k_minute = 60'000'000, k_now = 1'000'000 * k_minute;
constexpr const char* k_dead = "main|dead.example";
constexpr const char* k_living = "main|living.example";

TEST(Destinations, HaveAConnectionAndADomain) {
  for (const char* text : {"main|example.net", "main|example.net|3,4"}) {
    EXPECT_EQ(connection_of(text), "main");
    EXPECT_EQ(domain_of(text), "example.net");
  }
}

TEST(Destinations, HaveAsManySessionsAsTheyMay) {
  Destinations places;
  const Destinations::Limits limits{2, 3};
  EXPECT_TRUE(places.may_start(k_living, limits));
  places.started(k_living);
  EXPECT_TRUE(places.may_start(k_living, limits));
  places.started(k_living);
  EXPECT_FALSE(places.may_start(k_living, limits)) << "two with one destination";
  places.reached(k_living);
  places.ended(k_living, true);
  EXPECT_EQ(places.sessions(k_living), 1);
  EXPECT_TRUE(places.may_start(k_living, limits));
  places.ended(k_living, false);
  EXPECT_EQ(places.sessions(k_living), 0);
}

TEST(Destinations, ThatDoNotAnswerKeepNobodyWaiting) {
  Destinations places;
  const Destinations::Limits limits{2, 20};
  for (int i = 0; i < 19; ++i) places.started("main|dead" + std::to_string(i));
  EXPECT_TRUE(places.may_start(k_living, limits));
  places.started("main|works");
  EXPECT_FALSE(places.may_start(k_living, limits)) << "but not without end";
  EXPECT_FALSE(places.may_try("main", 20));
  EXPECT_TRUE(places.may_try("main", 0));
  EXPECT_TRUE(places.may_try("other", 20));
  EXPECT_TRUE(places.may_start("other|a.example", limits)) << "of another connection";
  places.reached("main|works");
  EXPECT_TRUE(places.may_start(k_living, limits)) << "it tries no more";
  places.ended("main|works", true);
  places.started("main|dead19");
  EXPECT_FALSE(places.may_start(k_living, limits));
  places.ended("main|dead0", false);
  EXPECT_TRUE(places.may_start(k_living, limits));
}

TEST(Destinations, AreLeftAloneLongerAfterEachFailure) {
  Destinations places;
  EXPECT_FALSE(places.is_left_alone(k_dead, k_now));
  std::int64_t now = k_now;
  for (const std::int64_t minutes : {1, 2, 5, 10, 15, 15}) {
    EXPECT_EQ(places.failed(k_dead, now, 15) - now, minutes * k_minute);
    EXPECT_TRUE(places.is_left_alone(k_dead, now + minutes * k_minute - 1));
    EXPECT_FALSE(places.is_left_alone(k_living, now));
    now += minutes * k_minute;
    EXPECT_FALSE(places.is_left_alone(k_dead, now));
  }
  places.started(k_dead);
  EXPECT_FALSE(places.may_start(k_dead, {5, 0})) << "one session finds out";
  places.works(k_dead);
  EXPECT_TRUE(places.may_start(k_dead, {5, 0}));
  EXPECT_EQ(places.failed(k_dead, now, 15) - now, k_minute) << "it begins anew";
  places.forget_failures();
  EXPECT_FALSE(places.is_left_alone(k_dead, now));
}

}  // namespace
}  // namespace stagecoach
