#include "storage/server_key_repository.h"

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

class ServerKeys : public StorageTest {};

TEST_F(ServerKeys, AreMadeOnceForAPurpose) {
  const std::string first("\0first\xff", 7);
  EXPECT_EQ(must(ServerKeyRepository(database_).key("unsubscribe", first)), first);
  EXPECT_EQ(must(ServerKeyRepository(database_).key("other", "third")), "third");
  Database another_node = connect();
  EXPECT_EQ(must(ServerKeyRepository(another_node).key("unsubscribe", "second")), first);
}

}  // namespace
}  // namespace stagecoach::storage
