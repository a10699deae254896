#include "routing/queue_messages.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

Enqueue entry(const char* address, const char* route, int rendition, std::int64_t hold,
              const char* mirror = "") {
  Enqueue made;
  made.recipient.address = address;
  made.route = route;
  made.rendition = rendition;
  made.hold_minutes = hold;
  made.mirror_of = mirror;
  return made;
}

/// The rendition of each entry, "0 0 2".
std::string separated(std::vector<Enqueue> entries, std::size_t renditions = 0) {
  Plan plan;
  plan.enqueue = std::move(entries);
  plan.renditions.resize(renditions);
  for (std::size_t i = 0; i < renditions; ++i) plan.renditions[i].reverse_path = std::to_string(i + 1);
  separate_queue_messages(plan);
  std::string text;
  for (const Enqueue& one : plan.enqueue) {
    text += (text.empty() ? "" : " ") + std::to_string(one.rendition);
    const auto& changes = plan.renditions;
    if (one.rendition > static_cast<int>(renditions))
      text += "=" + changes[static_cast<std::size_t>(one.rendition) - 1].reverse_path.value_or("0");
  }
  return text;
}

TEST(QueueMessages, AreSharedByEntriesThatLeaveTogether) {
  EXPECT_EQ(separated({}), "");
  EXPECT_EQ(separated({entry("a@y.example", "", 0, 0), entry("b@y.example", "lan", 0, 0)}), "0 0");
  EXPECT_EQ(separated({entry("a@y.example", "", 1, 60), entry("a@y.example", "", 0, 0)}, 1), "1 0");
}

TEST(QueueMessages, AreOneForEachServerOfAnAddress) {
  EXPECT_EQ(separated({entry("a@y.example", "", 0, 0), entry("a@y.example", "lan", 0, 0),
                       entry("a@y.example", "lan2", 0, 0), entry("b@y.example", "", 0, 0)}),
            "0 1=0 2=0 0");
  EXPECT_EQ(separated({entry("a@y.example", "", 1, 0), entry("a@y.example", "lan", 1, 0)}, 1), "1 2=1");
}

TEST(QueueMessages, AreHeldAsAWhole) {
  EXPECT_EQ(separated({entry("a@y.example", "", 0, 60), entry("b@y.example", "lan", 0, 0),
                       entry("c@y.example", "", 0, 60), entry("d@y.example", "lan", 0, 0)}),
            "0 1=0 0 1=0");
}

TEST(QueueMessages, KeepAMirrorWithItsCopy) {
  EXPECT_EQ(separated({entry("a@y.example", "", 0, 60), entry("b@y.example", "lan", 0, 0, "fred")}), "1=0 0");
}

TEST(QueueMessages, MoveAMirrorTogetherWithItsCopy) {
  Plan plan;
  plan.enqueue = {entry("a@y.example", "lan", 0, 0, "fred"), entry("a@y.example", "lan", 0, 0, "kate")};
  plan.deliveries = {{.user = "fred"}, {.user = "kate"}, {.user = "bob"}};
  separate_queue_messages(plan);
  EXPECT_EQ(plan.enqueue[1].rendition, 1);
  EXPECT_EQ(plan.deliveries[0].rendition, 0);
  EXPECT_EQ(plan.deliveries[1].rendition, 1);
  EXPECT_EQ(plan.deliveries[2].rendition, 0);
}

}  // namespace
}  // namespace stagecoach::routing
