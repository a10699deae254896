#include "storage/connection_result_repository.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ConnectionResultTest : public StorageTest {
 protected:
  ConnectionResultRepository results_{database_};
};

TEST_F(ConnectionResultTest, KeepsTheLastOfEachKind) {  // SND-46
  const ConnectionResult first{
      "main", false, 10, "schedule", {"sender: nothing to send", "collector isp: ok"}};
  const ConnectionResult at_once{"main", true, 20, "", {"sender: Connection successful; delivered 1"}};
  const ConnectionResult other{"dsl", false, 15, "command", {}};
  for (const ConnectionResult& one : {first, at_once, other}) must(results_.note(one));
  EXPECT_THAT(must(results_.load()), ElementsAre(other, first, at_once));

  const ConnectionResult later{
      "main", false, 30, "command", {"sender: \"quoted\", {in braces}, back\\slash"}};
  must(results_.note(later));
  EXPECT_THAT(must(results_.load()), ElementsAre(other, later, at_once));
}

TEST_F(ConnectionResultTest, ReplacesWhatIsNoText) {
  must(results_.note({"main", false, 1, "command", {"sender: 550 \xff no"}}));
  EXPECT_THAT(must(results_.load()).front().lines, ElementsAre("sender: 550 ? no"));
}

TEST_F(ConnectionResultTest, ForgetsOtherConnections) {
  for (const char* name : {"main", "dsl", "old"}) must(results_.note({name, false, 1, "schedule", {"x"}}));
  must(results_.note({"old", true, 2, "", {"y"}}));
  EXPECT_EQ(must(results_.keep_only({"main", "dsl", "new"})), 2);
  EXPECT_EQ(must(results_.load()).size(), 2u);
  EXPECT_EQ(must(results_.keep_only({})), 2);
  EXPECT_THAT(must(results_.load()), IsEmpty());
}

}  // namespace
}  // namespace stagecoach::storage
