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

// USR-032
TEST(Mailbox, QuarantinesForUsersOnly) {
  DirectoryEntries entries;
  entries.users = {user("fred"), user("kate", [](Profile& profile) { profile.primary_group = "sales"; }),
                   user("joe", [](Profile& profile) { profile.advanced.quarantine_threshold = "disabled"; })};
  const auto open_list = [&](const char* name, Members members, ListType type) {
    MailList one = list(name, std::move(members), type);
    one.allow_incoming = true;
    entries.lists.push_back(std::move(one));
  };
  open_list("team", {"fred", "joe", "x@y.example"}, ListType::distribution);
  open_list("away", {"x@y.example"}, ListType::forwarding);
  open_list("news", {"fred"}, ListType::mailing);
  Group sales;
  sales.name = "sales";
  entries.groups = {sales};
  entries.mappings = {mapping("shop -> sales")};
  const Directory directory(std::move(entries), local_options());
  const struct {
    const char *to, *outcome;
  } k_objects[] = {
      {"fred@example.com", "fred/Quarantine"},
      {"joe@example.com", "joe"},
      {"team@example.com", "fred/Quarantine joe >x@y.example"},
      {"away@example.com", ">x@y.example"},
      {"shop@example.com", "kate/Quarantine"},
      {"news@example.com", "post:news"},
  };
  for (const auto& [to, expected] : k_objects) {
    const Trip trip{.to = {to}, .size_bytes = 100};
    const Arrival arrival = arrival_of(trip);
    Facts facts = facts_of(trip);
    facts.spam_score = 100;
    EXPECT_EQ(outcome(run_pipeline(Pipeline(), {arrival, directory, facts})), expected) << to;
  }
}

TEST(Mailbox, StoresForAnInactiveUser) {  // USR-247
  const User inactive = user("fred", [](Profile& profile) { profile.enabled = false; });
  EXPECT_EQ(outcome(route(Directory({{inactive}, {}, {}, {}}, local_options()),
                          {"stranger", {"fred@example.com"}})),
            "fred");
}

// USR-116, USR-138: a rule counts also when nothing is sent, and its faults are part of the Plan.
TEST(Mailbox, CountsTheRulesOfAutomaticAnswers) {
  const User fred = user("Fred", [](Profile& profile) {
    profile.autoresponder.definitions = {{.name = "Away", .response_text = "{ConditionMatches}"}};
    profile.autoresponder.rules = {{.name = "Never", .autoresponder = "Away", .subject = "no such"},
                                   {.name = "All", .autoresponder = "Away"}};
  });
  const User kate = user("kate", [](Profile& profile) {
    profile.autoresponder.rules = {{.name = "Quiet", .autoresponder = "<None>"}};
  });
  const User joe = user("joe", [](Profile& profile) {
    profile.autoresponder.rules = {{.name = "Old", .autoresponder = "Gone"}};
  });
  const Directory directory({{fred, kate, joe}, {}, {}, {}}, local_options());
  const Trip trip{.to = {"fred@example.com", "kate@example.com", "joe@example.com"}, .size_bytes = 100};
  const Arrival arrival = arrival_of(trip);
  Facts facts = facts_of(trip);
  facts.autoresponse_matches = [](std::string_view user, std::string_view rule) {
    return user == "Fred" && rule == "All" ? 41 : 0;
  };
  const Plan plan = run_pipeline(Pipeline(), {arrival, directory, facts});
  EXPECT_EQ(plan.answer_matches,
            (std::vector<AnswerMatch>{{"fred", "All"}, {"kate", "Quiet"}, {"joe", "Old"}}));
  ASSERT_EQ(plan.generated.size(), 1u);
  EXPECT_EQ(plan.generated[0].composed->text, "42");
  ASSERT_EQ(plan.answer_faults.size(), 1u);
  EXPECT_EQ(plan.answer_faults[0].user, "joe");
  EXPECT_NE(plan.answer_faults[0].text.find("Gone"), std::string::npos);
}

}  // namespace
}  // namespace stagecoach::routing
