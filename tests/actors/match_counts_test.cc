#include "actors/match_counts.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

TEST(MatchCounts, CountsEachRuleOfEachUser) {  // USR-116
  MatchCounts counts;
  EXPECT_EQ(counts.snapshot()->of("fred", "all"), 0);
  counts.add("Fred", "All");
  counts.add("fred", "ALL");
  counts.add("fred", "other");
  counts.add("kate", "all");
  EXPECT_EQ(counts.snapshot()->of("FRED", "all"), 2);
  EXPECT_EQ(counts.snapshot()->of("fred", "Other"), 1);
  EXPECT_EQ(counts.snapshot()->of("kate", "all"), 1);
  EXPECT_EQ(counts.snapshot()->of("fre", "d\nall"), 0);
}

TEST(MatchCounts, ASnapshotStaysAsItIs) {
  MatchCounts counts;
  counts.add("fred", "all");
  const auto before = counts.snapshot();
  counts.add("fred", "all");
  counts.load({{"fred", "all", 10}});
  EXPECT_EQ(before->of("fred", "all"), 1);
  EXPECT_EQ(counts.snapshot()->of("fred", "all"), 10);
}

TEST(MatchCounts, WhatIsLoadedNeverTakesMatchesAway) {
  MatchCounts counts;
  for (int i = 0; i < 5; ++i) counts.add("fred", "all");
  counts.load({{"fred", "all", 3}, {"kate", "all", 7}});
  EXPECT_EQ(counts.snapshot()->of("fred", "all"), 5) << "not yet in the database";
  EXPECT_EQ(counts.snapshot()->of("kate", "all"), 7);
}

}  // namespace
}  // namespace stagecoach
