#include "storage/script_error_repository.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;

class ScriptErrorTest : public StorageTest {
 protected:
  void add(const std::string& text, std::int64_t at, std::int64_t count = 1) {
    must(errors_.add({text, count, at, at, MessageId{at + 100}}));
  }
  std::vector<std::string> listed() {
    std::vector<std::string> entries;
    for (const ScriptErrorEntry& entry : must(errors_.list(100)))
      entries.push_back(entry.text + " " + std::to_string(entry.count) + " " +
                        std::to_string(entry.first_at) + "-" + std::to_string(entry.last_at) + " " +
                        std::to_string(entry.message.value));
    return entries;
  }

  ScriptErrorRepository errors_{database_};
};

TEST_F(ScriptErrorTest, CountsErrorsOfOneText) {  // REF-129
  add("office.lua:7: broken", 10);
  add("other.lua:1: x", 20);
  add("office.lua:7: broken", 30, 5);
  EXPECT_THAT(listed(), ElementsAre("office.lua:7: broken 6 10-30 130", "other.lua:1: x 1 20-20 120"));
  EXPECT_EQ(must(errors_.clear()), 2);
  EXPECT_THAT(listed(), ElementsAre());
}

TEST_F(ScriptErrorTest, ForgetsTheOldestOnes) {
  for (std::int64_t at = 1; at <= 6; ++at) add("e" + std::to_string(at), at);
  EXPECT_EQ(must(errors_.prune(3, 100)), 2);
  EXPECT_EQ(must(errors_.prune(0, 2)), 2);
  EXPECT_THAT(listed(), ElementsAre("e6 1 6-6 106", "e5 1 5-5 105"));
}

}  // namespace
}  // namespace stagecoach::storage
