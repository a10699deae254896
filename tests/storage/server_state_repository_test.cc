// Whether the run before has ended in order; policies that outlive a restart.
#include "storage/server_state_repository.h"

#include "storage/tls_policy_repository.h"
#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

class ServerStateTest : public StorageTest {};

TEST_F(ServerStateTest, KnowsARunThatHasNotEnded) {
  ServerStateRepository state(database_);
  const auto begin = [&](const char* server) { return state.begin(server, 100).value(); };
  EXPECT_FALSE(begin("a"));  // the first one
  EXPECT_TRUE(begin("a"));   // it did not say that it ended
  ASSERT_TRUE(state.end("a", 200));
  EXPECT_FALSE(begin("a"));
  EXPECT_FALSE(begin("b"));  // another server of the same database
  EXPECT_TRUE(begin("b"));
}

TEST_F(ServerStateTest, KeepsPoliciesInForce) {
  TlsPolicyRepository policies(database_);
  ASSERT_TRUE(policies.keep({"a.example", "1", "version: STSv1\n", 100}));
  ASSERT_TRUE(policies.keep({"b.example", "2", "x", 50}));
  ASSERT_TRUE(policies.keep({"a.example", "3", "version: STSv1\nmode: none\n", 200}));
  const auto found = policies.load(60);
  ASSERT_TRUE(found) << found.error().text();
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().domain, "a.example");
  EXPECT_EQ(found->front().id, "3");
  EXPECT_EQ(found->front().until, 200);
  EXPECT_TRUE(policies.load(200)->empty());
}

}  // namespace
}  // namespace stagecoach::storage
