#include "routing/download/audience.h"

#include <gmock/gmock.h>

#include "routing/collected_names.h"
#include "routing/download/question.h"
#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

HeaderField to(const std::string& body, std::vector<Address> addresses) {
  return {"To", body, std::move(addresses)};
}
HeaderFields to_fred_and_others() {
  return {to("fred@example.net, nobody@example.net, x@elsewhere.example",
             {{"fred", "example.net"}, {"nobody", "example.net"}, {"x", "elsewhere.example"}})};
}

CollectedAudience audience_of(const Directory& directory, const Trip& trip) {
  const Arrival arrival = arrival_of(trip);
  const Facts facts = facts_of(trip);
  return collected_audience({arrival, directory, facts});
}

TEST(CollectedAudience, IsWhoTheMappingsLeadTo) {  // COL-55 COL-58
  const Directory directory = directory_with({"fred@example.net -> kate"});
  const CollectedAudience audience =
      audience_of(directory, {.who = "collector", .header = to_fred_and_others()});
  EXPECT_THAT(audience.users, ElementsAre("kate"));
  EXPECT_EQ(audience.valid, 1);
  EXPECT_EQ(audience.invalid, 1);
  EXPECT_THAT(audience.names(directory), ElementsAre("kate", "kate@example.com"));
}

/// What becomes of a message for fred with this redirection.
std::string redirected(Redirection redirection, Trip trip = {}) {
  static const Directory directory = directory_with({});
  trip.who = "collector";
  if (trip.header.empty()) trip.header = to_fred_and_others();
  Arrival arrival = arrival_of(trip);
  arrival.redirection = std::move(redirection);
  const Facts facts = facts_of(trip);
  return outcome(run_pipeline(Pipeline(), {arrival, directory, facts}));
}

TEST(CollectedAudience, RulesRedirectAndCopy) {
  EXPECT_EQ(redirected({}), "fred");
  EXPECT_EQ(redirected({{{"kate", ""}}, false}), "kate");                                      // COL-30
  EXPECT_EQ(redirected({{{"kate", ""}}, true}), "kate fred");                                  // COL-31
  EXPECT_EQ(redirected({{{"kate", "Customers"}, {"joe", ""}}, false}), "kate/Customers joe");  // COL-48
  EXPECT_EQ(redirected({{{"kate", "A"}, {"fred", "B"}}, true}), "kate/A fred/B fred");
  EXPECT_EQ(redirected({{{"ann@far.example", ""}}, false}), ">ann@far.example");
  EXPECT_EQ(redirected({{{"gone", ""}}, false}), "fred") << "better the wrong ones than nobody";
  EXPECT_EQ(redirected({{{"gone@example.org", ""}}, false}), "fred");
  EXPECT_EQ(redirected({{{"kate@example.org", ""}}, false}), "kate") << "ours, not the collector's";
  EXPECT_EQ(redirected({{{"No-one", ""}}, false}), "discard");
}

TEST(CollectedAudience, OtherRoutingMethods) {
  Trip trip;
  trip.collector.method = RoutingMethod::forward_smtp;
  trip.collector.target_address = "all@lan.example";
  trip.collector.target_server = "user:secret@mail.lan.example:587";
  EXPECT_EQ(redirected({}, trip), ">all@lan.example");  // COL-67
  trip.collector.method = RoutingMethod::single_address_comment;
  trip.header = {to("\"Kate\" <office@isp.example>, office@isp.example (joe)", {})};
  EXPECT_EQ(redirected({}, trip), "kate joe");  // COL-68
  trip.collector.method = RoutingMethod::subject_marker;
  trip.collector.on_no_recipient = NoRecipientAction::ignore;
  trip.header = {{"Subject", "Offer [kate] and [nobody]", {}}};
  EXPECT_EQ(redirected({}, trip), "kate");  // COL-69
  trip.header = {{"Subject", "Offer", {}}};
  EXPECT_EQ(redirected({}, trip), "discard");
}

TEST(CollectedAudience, TheRouteOfForwardedMailIsKept) {  // COL-67
  const Directory directory = directory_with({});
  Trip trip{.who = "collector"};
  trip.collector.method = RoutingMethod::forward_smtp;
  trip.collector.target_address = "all@lan.example";
  trip.collector.target_server = "mail.lan.example";
  const Plan plan = route(directory, trip);
  ASSERT_EQ(plan.enqueue.size(), 1u);
  EXPECT_EQ(plan.enqueue.front().route, "mail.lan.example");
}

TEST(CollectedNames, TextsBesideAddresses) {
  EXPECT_THAT(texts_beside_addresses("\"Smith, Fred\" <a@b>, c@d (Kate \\(K\\)), Joe <e@f>, plain@g"),
              ElementsAre("Smith, Fred", "Kate (K)", "Joe"));
  EXPECT_THAT(texts_beside_addresses(""), IsEmpty());
  EXPECT_THAT(texts_beside_addresses("\"((<"), IsEmpty());
  EXPECT_THAT(markers_in("[a] b [c"), ElementsAre("a"));
}

TEST(DownloadQuestion, AnAnswerNamesItsToken) {  // COL-26
  const std::string token(32, 'a');
  EXPECT_EQ(download_token_of("download-" + token), token);
  EXPECT_EQ(download_token_of("download-" + token + "0"), "");
  EXPECT_EQ(download_token_of("download-" + std::string(32, 'g')), "");
  const Directory directory = directory_with({});
  const Plan plan = route(directory, {.to = {"Download-" + token + "@example.com"}});
  EXPECT_THAT(plan.download_answers, ElementsAre(token));
  EXPECT_EQ(outcome(plan), "discard");
  EXPECT_THAT(route(directory, {.to = {"download-" + token + "@elsewhere.example"}}).download_answers,
              IsEmpty());
}

TEST(NoRecipient, TheBounceHasItsOwnWordsAndASpamLimit) {
  const Directory directory = directory_with({});
  Trip trip{.who = "collector", .header = {to("nobody@example.net", {{"nobody", "example.net"}})}};
  trip.collector.on_no_recipient = NoRecipientAction::message_to_admin;
  trip.collector.also_bounce = true;
  trip.collector.bounce_text = "We have moved.";
  Plan plan = route(directory, trip);
  ASSERT_EQ(plan.bounces.size(), 1u);  // COL-89
  EXPECT_EQ(plan.bounces.front().diagnostic, "550 5.1.1 We have moved.");
  EXPECT_EQ(plan.deliveries.size(), 1u);
  for (const auto& [score, bounces] : {std::pair{4.9, 1u}, {5.0, 0u}, {9.0, 0u}}) {  // COL-90
    trip.collector.bounce_spam_score = 5;
    const Arrival arrival = arrival_of(trip);
    Facts facts = facts_of(trip);
    facts.spam_score = score;
    plan = run_pipeline(Pipeline(), {arrival, directory, facts});
    EXPECT_EQ(plan.bounces.size(), bounces) << score;
    EXPECT_EQ(plan.deliveries.size(), 1u) << "the choice besides it stays";
  }
}

}  // namespace
}  // namespace stagecoach::routing
