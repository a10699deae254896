#include "routing/pipeline.h"

#include <random>

#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

/// Directories and arrivals out of few names, so that mappings, users and wildcards meet often.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string pick(const std::vector<std::string>& of) { return of[random_() % of.size()]; }

  Directory directory() {
    std::vector<std::string> mappings;
    for (unsigned i = 0, n = random_() % 8; i < n; ++i)
      mappings.push_back(pick({"", "", "smtp ", "pop3 ", "from "}) +
                         pick({"fred", "f*", "kate@example.com", "*@example.org", "~@example.com", "~@*",
                               "x@y.example", "fred@*", "nobody"}) +
                         " -> " + pick({"fred", "kate", "bob", "gone", "No-one", "*REMOTE"}));
    RoutingOptions options = local_options();
    options.disable_default_mapping = random_() % 4 == 0;
    options.unrecognised_local_to_outgoing = random_() % 4 == 0;
    return directory_with(mappings, options);
  }

  Trip trip() {
    Trip trip{pick({"stranger", "fred", "joe", "system"}), {}};
    for (unsigned i = 0, n = 1 + random_() % 5; i < n; ++i)
      trip.to.push_back(pick({"fred", "kate", "bob", "nobody", "postmaster", "x", "~"}) +
                        pick({"@example.com", "@example.org", "@y.example", "", "@"}));
    trip.hops = random_() % 10 == 0 ? 200 : 0;
    trip.relay_allowed = random_() % 5 == 0;
    return trip;
  }

 private:
  std::mt19937 random_;
};

TEST(Pipeline, RefusesAtRcptExactlyWhatRoutingRefuses) {
  Generator generator(4711);
  for (int round = 0; round < 3000; ++round) {
    const Directory directory = generator.directory();
    const Trip trip = generator.trip();
    const Arrival arrival = arrival_of(trip);
    const Facts facts = facts_of(trip);
    const RoutingInput input{arrival, directory, facts};
    const Plan plan = run_pipeline(Pipeline(), input);
    for (const EnvelopeRecipient& recipient : arrival.envelope.recipients) {
      const auto is_this = [&](const RefusedRecipient& refused) {
        return refused.recipient == recipient.address;
      };
      const auto refused = std::find_if(plan.refused.begin(), plan.refused.end(), is_this);
      const bool bounced = std::any_of(plan.bounces.begin(), plan.bounces.end(),
                                       [&](const Bounce& bounce) { return bounce.recipient == recipient; });
      const RecipientVerdict verdict = check_recipient(Pipeline(), input, recipient);
      EXPECT_EQ(verdict.accepted, refused == plan.refused.end() && !bounced) << recipient.address;
      if (refused != plan.refused.end()) {
        EXPECT_EQ(verdict.refusal, refused->refusal);
      }
    }
  }
}

TEST(Pipeline, DecidesAboutEveryRecipient) {
  Generator generator(42);
  for (int round = 0; round < 3000; ++round) {
    const Directory directory = generator.directory();
    const Trip trip = generator.trip();
    const Plan plan = route(directory, trip);
    const bool decided = !plan.deliveries.empty() || !plan.enqueue.empty() || !plan.refused.empty() ||
                         !plan.bounces.empty() || plan.discard;
    EXPECT_TRUE(decided);
    EXPECT_FALSE(plan.reasons.empty());
  }
}

TEST(Pipeline, KnowsWhichOrdersWork) {
  EXPECT_TRUE(Pipeline::of({"origin", "recipients", "mailbox", "dispatch"}));
  EXPECT_FALSE(Pipeline::of({"origin", "recipients", "mailbox"}));
  EXPECT_FALSE(Pipeline::of({"origin", "recipients", "mailbox", "dispatch", "spel"}));
  EXPECT_FALSE(Pipeline::of({"recipients", "origin", "mailbox", "dispatch"}));
  EXPECT_FALSE(Pipeline::of({"origin", "origin", "recipients", "mailbox", "dispatch"}));
}

TEST(Pipeline, RefusesWhatNoStageDecidedAbout) {
  const Directory directory;
  const Arrival arrival = arrival_of({"stranger", {"a@b.example"}});
  const Facts facts;
  const RoutingInput input{arrival, directory, facts};
  EXPECT_EQ(outcome(finish_draft(begin_draft(input), input)), "451/4.3.5:a@b.example");
}

}  // namespace
}  // namespace stagecoach::routing
