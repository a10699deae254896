#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

Plan deliver_to(std::vector<EnvelopeRecipient> recipients) {
  const Directory directory = directory_with({"sales -> fred"});
  Arrival arrival = arrival_of({"stranger", {}});
  arrival.envelope.recipients = std::move(recipients);
  const Facts facts;
  return run_pipeline(Pipeline(), {arrival, directory, facts});
}

TEST(Mailbox, MakesOneDeliveryOfEqualOnes) {
  const Plan plan =
      deliver_to({{"fred@example.com", notify_unset, {}}, {"sales@example.com", notify_failure, {}}});
  ASSERT_EQ(plan.deliveries.size(), 1u);
  EXPECT_EQ(plan.deliveries[0].folder, "INBOX");
  EXPECT_EQ(plan.deliveries[0].recipient, "fred@example.com");
}

TEST(Mailbox, KeepsARecipientThatWantsASuccessReport) {
  const Plan plan =
      deliver_to({{"fred@example.com", notify_unset, {}}, {"sales@example.com", notify_success, "rfc822;s"}});
  ASSERT_EQ(plan.deliveries.size(), 2u);
  EXPECT_EQ(plan.deliveries[1].user, "fred");
  EXPECT_EQ(plan.deliveries[1].original_recipient, "rfc822;s");
}

TEST(Mailbox, StoresForAnInactiveUser) {  // USR-247
  const User inactive = user("fred", [](Profile& profile) { profile.enabled = false; });
  EXPECT_EQ(outcome(route(Directory({{inactive}, {}, {}, {}}, local_options()),
                          {"stranger", {"fred@example.com"}})),
            "fred");
}

}  // namespace
}  // namespace stagecoach::routing
