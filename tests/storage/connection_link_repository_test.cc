#include "storage/connection_link_repository.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ConnectionLinkTest : public StorageTest {
 protected:
  ConnectionLinkRepository links_{database_};
};

TEST_F(ConnectionLinkTest, KeepsWhatNobodyHasDropped) {
  for (const ConnectionLink& one : {ConnectionLink{"main", 10}, {"it's \"lte\"", 20}}) must(links_.note(one));
  EXPECT_THAT(must(links_.load()),
              ElementsAre(ConnectionLink{"it's \"lte\"", 20}, ConnectionLink{"main", 10}));
  must(links_.forget("main"));
  EXPECT_THAT(must(links_.load()), ElementsAre(ConnectionLink{"it's \"lte\"", 20}));
}

TEST_F(ConnectionLinkTest, IsUpSinceItsFirstNote) {
  must(links_.note({"main", 10}));
  must(links_.note({"main", 30}));
  EXPECT_THAT(must(links_.load()), ElementsAre(ConnectionLink{"main", 10}));
}

TEST_F(ConnectionLinkTest, ForgetsOneThatIsNotNoted) {
  must(links_.forget("main"));
  EXPECT_THAT(must(links_.load()), IsEmpty());
}

TEST_F(ConnectionLinkTest, FindsANameThatIsNoText) {
  must(links_.note({"ma\xffin", 1}));
  EXPECT_THAT(must(links_.load()), ElementsAre(ConnectionLink{"ma?in", 1}));
  must(links_.forget("ma\xffin"));
  EXPECT_THAT(must(links_.load()), IsEmpty());
}

}  // namespace
}  // namespace stagecoach::storage
