#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

TEST(Origin, KnowsWhoIsLocal) {
  const Directory directory = directory_with({});
  for (const auto& [who, local] :
       {std::pair{"stranger", false}, {"collector", false}, {"fred", true}, {"system", true}}) {
    const Arrival arrival = arrival_of({who, {}});
    const Facts facts;
    EXPECT_EQ(origin({}, {arrival, directory, facts}).local_sender, local) << who;
  }
}

TEST(Origin, EndsALoop) {  // MSC-032
  const Directory directory = directory_with({});
  Trip trip{"stranger", {"fred@example.com"}};
  trip.hops = 100;
  EXPECT_EQ(outcome(route(directory, trip)), "fred");
  trip.hops = 101;
  EXPECT_EQ(outcome(route(directory, trip)), "554/5.4.6:fred@example.com");
  trip.who = "system";
  EXPECT_EQ(outcome(route(directory, trip)), "bounce:fred@example.com");
  trip.from = "";
  EXPECT_EQ(outcome(route(directory, trip)), "discard");
  trip.who = "collector";
  trip.to.clear();
  EXPECT_EQ(outcome(route(directory, trip)), "boss") << "a collected message must not get lost";
}

}  // namespace
}  // namespace stagecoach::routing
