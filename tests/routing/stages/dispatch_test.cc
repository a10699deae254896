#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

TEST(Dispatch, QueuesForThoseWhoMay) {
  const Directory directory = directory_with({});
  EXPECT_EQ(outcome(route(directory, {"fred", {"x@y.example"}})), ">x@y.example");
  EXPECT_EQ(outcome(route(directory, {"system", {"x@y.example"}})), ">x@y.example");
  EXPECT_EQ(outcome(route(directory, {"stranger", {"x@y.example"}})), "550/5.7.1:x@y.example");
  Trip allowed{"stranger", {"x@y.example"}};
  allowed.relay_allowed = true;
  EXPECT_EQ(outcome(route(directory, allowed)), ">x@y.example");
}

TEST(Dispatch, RefusesUsersWithoutInternetMail) {  // USR-143
  EXPECT_EQ(outcome(route(directory_with({}), {"joe", {"x@y.example", "kate@example.com"}})),
            "kate 550/5.7.1:x@y.example");
}

TEST(Dispatch, QueuesEachAddressOnce) {
  EXPECT_EQ(outcome(route(directory_with({}), {"fred", {"x@y.example", "x@Y.EXAMPLE", "X@y.example"}})),
            ">x@y.example >X@y.example");
}

}  // namespace
}  // namespace stagecoach::routing
