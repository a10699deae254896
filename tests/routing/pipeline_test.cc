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
    DirectoryEntries entries;
    for (const std::string& text : mappings) entries.mappings.push_back(mapping(text));
    for (const char* name : {"fred", "kate", "bob", "joe"}) entries.users.push_back(any_user(name));
    for (const char* name : {"team", "all", "news"}) entries.lists.push_back(any_list(name));
    return Directory(std::move(entries), options);
  }

  std::vector<std::string> targets(unsigned max) {
    std::vector<std::string> result;
    for (unsigned i = random_() % (max + 1); i > 0; --i)
      result.push_back(pick({"fred", "kate", "bob", "joe@example.com", "team", "all", "news", "nobody",
                             "x@y.example", "Everyone", "z@example.com", "SMTP:a@b.example@192.0.2.1"}));
    return result;
  }

  User any_user(const char* name) {
    return user(name, [&](Profile& profile) {
      profile.permissions.receive_internet = random_() % 5 != 0;
      profile.permissions.send_internet = random_() % 5 != 0;
      if (random_() % 3 == 0) profile.routing.forward_to = targets(2);
      if (random_() % 3 == 0) profile.routing.assistants = targets(2);
      profile.routing.redirect_to_assistant = random_() % 3 == 0;
      if (random_() % 6 == 0) profile.permissions.sender_blacklist = {"*@remote.example"};
    });
  }

  MailList any_list(const char* name) {
    MailList result = list(name, targets(4));
    result.type = random_() % 4 == 0 ? ListType::mailing : ListType::distribution;
    result.allow_incoming = random_() % 2 == 0;
    result.posting = random_() % 3 == 0 ? PostingPolicy::members : PostingPolicy::anyone;
    return result;
  }

  Trip trip() {
    Trip trip{pick({"stranger", "fred", "joe", "system"}), {}};
    for (unsigned i = 0, n = 1 + random_() % 5; i < n; ++i)
      trip.to.push_back(
          pick({"fred", "kate", "bob", "nobody", "postmaster", "x", "~", "team", "all", "news"}) +
          pick({"@example.com", "@example.org", "@y.example", "", "@"}));
    trip.hops = random_() % 10 == 0 ? 200 : 0;
    trip.relay_allowed = random_() % 5 == 0;
    return trip;
  }

 private:
  std::mt19937 random_;
};

/// What RCPT accepted is not refused later because of the other recipients, and what it refused is what
/// routing of this one alone refuses.
TEST(Pipeline, RefusesAtRcptWhatRoutingRefuses) {
  Generator generator(4711);
  int refused = 0, accepted = 0;
  for (int round = 0; round < 3000; ++round) {
    const Directory directory = generator.directory();
    Trip trip = generator.trip();
    const Facts facts = facts_of(trip);
    std::vector<std::string> kept;
    for (const std::string& address : trip.to) {
      Trip alone = trip;
      alone.to = {address};
      const Arrival arrival = arrival_of(alone);
      const RoutingInput input{arrival, directory, facts};
      const Plan plan = run_pipeline(Pipeline(), input);
      const RecipientVerdict verdict =
          check_recipient(Pipeline(), input, arrival.envelope.recipients.front());
      EXPECT_EQ(verdict.accepted, plan.refused.empty() && plan.bounces.empty()) << address;
      if (!plan.refused.empty()) {
        EXPECT_EQ(verdict.refusal, plan.refused.front().refusal);
      }
      (verdict.accepted ? accepted : refused)++;
      if (verdict.accepted) kept.push_back(address);
    }
    trip.to = kept;
    const Plan plan = route(directory, trip);
    EXPECT_EQ(outcome(plan).find("550/"), std::string::npos) << outcome(plan);
    EXPECT_TRUE(plan.bounces.empty()) << outcome(plan);
  }
  EXPECT_GT(accepted, 1000);
  EXPECT_GT(refused, 1000);
}

TEST(Pipeline, DecidesAboutEveryRecipient) {
  Generator generator(42);
  for (int round = 0; round < 3000; ++round) {
    const Directory directory = generator.directory();
    const Trip trip = generator.trip();
    const Plan plan = route(directory, trip);
    const bool decided = !plan.deliveries.empty() || !plan.enqueue.empty() || !plan.refused.empty() ||
                         !plan.bounces.empty() || plan.discard || !plan.list_work.empty();
    EXPECT_TRUE(decided);
    EXPECT_FALSE(plan.reasons.empty());
  }
}

TEST(Pipeline, KnowsWhichOrdersWork) {
  EXPECT_TRUE(Pipeline::of({"origin", "recipients", "mailbox", "dispatch"}));
  EXPECT_TRUE(Pipeline::of({"origin", "limits", "recipients", "copies", "mailbox", "dispatch"}));
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
