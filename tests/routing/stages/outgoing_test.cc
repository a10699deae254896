// What a user's outgoing mail meets: limits, permissions, header changes, signatures, copies.
#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

Directory office(auto edit_fred, Policy policy = {}) {
  DirectoryEntries entries;
  entries.users = {user("fred", edit_fred), user("kate"), user("spy")};
  RoutingOptions options = local_options();
  options.policy = std::move(policy);
  return Directory(std::move(entries), std::move(options));
}

Trip from_fred(std::vector<std::string> to, std::int64_t bytes = 1000) {
  std::string names;
  for (const std::string& address : to) names += address + " ";
  Trip trip{
      "fred", std::move(to), {field("From", "fred@example.com"), field("To", names), field("Subject", "Hi")}};
  trip.from = "fred@example.com";
  trip.size_bytes = bytes;
  return trip;
}

struct PermissionCase {
  const char* name;
  std::vector<std::string> user_white, user_black, global_white, global_black;
  const char* outcome;
};

// USR-144, USR-147, USR-143, MSC-015, MSC-017, MSC-018, MSC-019
const PermissionCase k_permissions[] = {
    {"no lists", {}, {}, {}, {}, ">x@y.example"},
    {"white beats black", {"*@y.example"}, {"x@y.example"}, {}, {"*"}, ">x@y.example"},
    {"black beats global white", {}, {"x@*"}, {"*@y.example"}, {}, "550/5.7.1:x@y.example"},
    {"global white beats global black", {}, {}, {"x@y.example"}, {"*@y.example"}, ">x@y.example"},
    {"global black", {}, {}, {}, {"*@Y.example"}, "550/5.7.1:x@y.example"},
    {"a white list that does not name it", {"a@b.example"}, {}, {}, {}, "550/5.7.1:x@y.example"},
    {"a global white list that does not name it", {}, {}, {"a@b.example"}, {}, "550/5.7.1:x@y.example"},
    {"a black list that does not name it", {}, {"a@b.example"}, {}, {}, ">x@y.example"},
};

TEST(Outgoing, AsksTheListsInTheirOrder) {
  for (const PermissionCase& one : k_permissions) {
    Policy policy;
    policy.permissions.target_whitelist = one.global_white;
    policy.permissions.target_blacklist = one.global_black;
    const Directory directory = office(
        [&](Profile& profile) {
          profile.permissions.target_whitelist = one.user_white;
          profile.permissions.target_blacklist = one.user_black;
        },
        policy);
    EXPECT_EQ(outcome(route(directory, from_fred({"x@y.example"}))), one.outcome) << one.name;
    EXPECT_EQ(outcome(route(directory, from_fred({"kate@example.com"}))), "kate") << one.name;
  }
}

TEST(Incoming, AsksTheListsOfSenders) {  // USR-145, USR-146, MSC-016
  const Directory directory =
      office([](Profile& profile) { profile.permissions.sender_blacklist = {"*@bad.example"}; });
  Trip trip{"stranger", {"fred@example.com"}};
  trip.from = "ann@bad.example";
  EXPECT_EQ(outcome(route(directory, trip)), "550/5.1.1:fred@example.com");
  trip.from = "ann@good.example";
  EXPECT_EQ(outcome(route(directory, trip)), "fred");
  trip.from = "";  // a report about fred's own mail
  EXPECT_EQ(outcome(route(directory, trip)), "fred");
}

TEST(Outgoing, LimitsTheSizeOfRemoteMailOnly) {  // USR-141, LST-079
  const Directory directory = office([](Profile& profile) { profile.permissions.max_outgoing_kb = 10; });
  EXPECT_EQ(outcome(route(directory, from_fred({"x@y.example"}, 10 * 1024))), ">x@y.example");
  EXPECT_EQ(outcome(route(directory, from_fred({"x@y.example"}, 10 * 1024 + 1))), "552/5.3.4:x@y.example");
  EXPECT_EQ(outcome(route(directory, from_fred({"kate@example.com"}, 50 * 1024))), "kate");
}

TEST(Outgoing, RefusesBlindCopiesOfThoseWhoMayNotSendThem) {  // USR-149
  const Directory directory = office([](Profile& profile) { profile.permissions.allow_bcc = false; });
  Trip trip = from_fred({"x@y.example", "kate@example.com"});
  EXPECT_EQ(outcome(route(directory, trip)), "kate >x@y.example");
  trip.to.push_back("spy@example.com");
  EXPECT_EQ(outcome(route(directory, trip)),
            "550/5.7.1:x@y.example 550/5.7.1:kate@example.com 550/5.7.1:spy@example.com");
}

TEST(Outgoing, StopsAtTheSendingQuota) {
  const Directory directory = office([](Profile& profile) { profile.send_quota.messages = 5; });
  const Trip trip = from_fred({"kate@example.com"});
  const Arrival arrival = arrival_of(trip);
  Facts facts = facts_of(trip);
  facts.sent.total.messages = 4;
  EXPECT_EQ(outcome(run_pipeline(Pipeline(), {arrival, directory, facts})), "kate");
  facts.sent.total.messages = 5;
  EXPECT_EQ(outcome(run_pipeline(Pipeline(), {arrival, directory, facts})), "450/4.7.1:kate@example.com");
}

TEST(Outgoing, StopsUsersWhoseMailboxIsFarTooFull) {
  const Directory directory = office([](Profile& profile) { profile.quota_bytes = 1000; });
  const Trip trip = from_fred({"kate@example.com"});
  const Arrival arrival = arrival_of(trip);
  Facts facts = facts_of(trip);
  facts.mailbox_bytes = 1260;  // above 125 per cent
  EXPECT_EQ(outcome(run_pipeline(Pipeline(), {arrival, directory, facts})), "552/5.2.2:kate@example.com");
  facts.mailbox_bytes = 1250;
  EXPECT_EQ(outcome(run_pipeline(Pipeline(), {arrival, directory, facts})), "kate");
}

TEST(Outgoing, SetsPriorityHoldAndEnd) {  // USR-193, USR-194, USR-195, USR-196
  Policy policy;
  policy.outgoing = {30, 2880};
  const Directory directory = office(
      [](Profile& profile) {
        profile.advanced.outgoing_priority = 2;
        profile.advanced.outgoing_hold_minutes = 10;
      },
      policy);
  const Plan plan = route(directory, from_fred({"x@y.example", "kate@example.com"}));
  ASSERT_EQ(plan.enqueue.size(), 1u);
  EXPECT_EQ(plan.enqueue[0].priority, 2);
  EXPECT_EQ(plan.enqueue[0].hold_minutes, 10);
  EXPECT_EQ(plan.enqueue[0].delete_after_minutes, 2880);
}

/// The header edits and the footer that an entry of the plan gets: "From=a@b;Cc=c@d|footer".
std::string changes(const Plan& plan, int rendition) {
  if (rendition == 0) return "-";
  std::string text;
  const Rendition& changed = plan.renditions[static_cast<std::size_t>(rendition) - 1];
  for (const HeaderEdit& edit : changed.header)
    text += (text.empty() ? "" : ";") + edit.name + "=" + edit.value;
  return text + "|" + changed.footer.plain;
}

TEST(Outgoing, RewritesTheSenderForOthersOnly) {  // USR-182
  const Directory directory =
      office([](Profile& profile) { profile.advanced.reply_address = "sales@public.example"; });
  Trip trip = from_fred({"x@y.example", "kate@example.com"});
  trip.header[0] = {"From", "Fred Smith <fred@example.com>", {{"fred", "example.com"}}};
  const Plan plan = route(directory, trip);
  EXPECT_EQ(changes(plan, plan.enqueue.at(0).rendition), "From=Fred Smith <sales@public.example>|");
  EXPECT_EQ(plan.deliveries.at(0).rendition, 0);
}

TEST(Outgoing, MapsInternalDomains) {  // LOC-11
  Policy policy;
  policy.domain_mappings = {{"internal", "example.com"}};
  const Directory directory = office([](Profile&) {}, policy);
  Trip trip = from_fred({"x@y.example"});
  trip.from = "fred@internal";
  trip.header = {{"From", "Fred <fred@Internal>", {}},
                 {"Cc", "a@internal, b@internal.other", {}},
                 {"Subject", "a@internal", {}}};
  const Plan plan = route(directory, trip);
  EXPECT_EQ(changes(plan, plan.enqueue.at(0).rendition),
            "From=Fred <fred@example.com>;Cc=a@example.com, b@internal.other|");
  EXPECT_EQ(plan.renditions.at(0).reverse_path, "fred@example.com");
}

TEST(Outgoing, SignsForEachSideWithItsOwnText) {  // USR-178, USR-179, USR-180
  const Directory directory = office([](Profile& profile) {
    profile.signature.outgoing.plain = "Fred, Example Ltd";
    profile.signature.internal.plain = "Fred";
  });
  const Plan plan = route(directory, from_fred({"x@y.example", "kate@example.com"}));
  EXPECT_NE(changes(plan, plan.enqueue.at(0).rendition).find("Fred, Example Ltd"), std::string::npos);
  EXPECT_EQ(changes(plan, plan.deliveries.at(0).rendition), "|Fred");
  const Directory off = office([](Profile& profile) {
    profile.signature.outgoing = {"Fred", "", true};
    profile.signature.internal = {"Fred", "", true};
  });
  EXPECT_TRUE(route(off, from_fred({"x@y.example", "kate@example.com"})).renditions.empty());
}

TEST(Outgoing, CopiesWhatAUserSends) {  // USR-077
  const Directory directory = office([](Profile& profile) {
    profile.routing.copy_sent_to = {"kate", "archive@y.example"};
  });
  EXPECT_EQ(outcome(route(directory, from_fred({"x@y.example"}))), "kate >x@y.example >archive@y.example");
  Trip stranger{"stranger", {"kate@example.com"}};
  stranger.size_bytes = 10;
  EXPECT_EQ(outcome(route(directory, stranger)), "kate");
}

struct MonitorCase {
  const char* name;
  MonitorMode incoming, outgoing, internal;
  bool selected;
  const char* who;
  const char* to;
  const char* outcome;
};

constexpr auto k_none = MonitorMode::none, k_selected = MonitorMode::selected, k_all = MonitorMode::all;
// MON-001, MON-002, USR-148
const MonitorCase k_monitored[] = {
    {"incoming", k_all, k_none, k_none, false, "stranger", "kate@example.com",
     "kate monitor:spy@example.com"},
    {"not incoming", k_none, k_all, k_all, false, "stranger", "kate@example.com", "kate"},
    {"outgoing", k_none, k_all, k_none, false, "fred", "x@y.example", ">x@y.example monitor:spy@example.com"},
    {"internal", k_none, k_none, k_all, false, "fred", "kate@example.com", "kate monitor:spy@example.com"},
    {"selected sender", k_none, k_selected, k_none, true, "fred", "x@y.example",
     ">x@y.example monitor:spy@example.com"},
    {"selected recipient", k_selected, k_none, k_none, true, "stranger", "fred@example.com",
     "fred monitor:spy@example.com"},
    {"not selected", k_selected, k_selected, k_selected, false, "fred", "x@y.example", ">x@y.example"},
    {"the server's own mail", k_all, k_all, k_all, true, "system", "fred@example.com", "fred"},
};

TEST(Monitoring, CopiesTheChosenClasses) {
  for (const MonitorCase& one : k_monitored) {
    Policy policy;
    policy.monitor.incoming = one.incoming;
    policy.monitor.outgoing = one.outgoing;
    policy.monitor.internal = one.internal;
    policy.monitor.target = "spy";
    const Directory directory =
        office([&](Profile& profile) { profile.permissions.monitor = one.selected; }, policy);
    Trip trip = from_fred({one.to});
    trip.who = one.who;
    EXPECT_EQ(outcome(route(directory, trip)), one.outcome) << one.name;
  }
}

TEST(Monitoring, MarksItsCopies) {  // MON-003, MON-004, MON-005
  Policy policy;
  policy.monitor.incoming = MonitorMode::all;
  policy.monitor.target = "spy";
  policy.monitor.min_size_kb = 1;
  Trip trip = from_fred({"kate@example.com"}, 1025);
  trip.who = "stranger";
  const Plan plan = route(office([](Profile&) {}, policy), trip);
  ASSERT_EQ(plan.generated.size(), 1u);
  const Rendition& changed = *plan.generated[0].changed_original;
  EXPECT_EQ(changed.header.at(0).value, "{mon-incoming} Hi");
  EXPECT_EQ(changed.header.at(1).value, "fred@example.com");
  EXPECT_EQ(changed.header.at(2).value, "kate@example.com");
  EXPECT_TRUE(plan.generated[0].reverse_path.empty());
  trip.size_bytes = 1024;
  EXPECT_TRUE(route(office([](Profile&) {}, policy), trip).generated.empty());
}

TEST(Monitoring, CopiesBlindCopiesAndSamples) {  // MON-007, MON-008, MON-009
  Policy policy;
  policy.monitor.bcc_target = "spy";
  Trip trip = from_fred({"x@y.example"});
  EXPECT_EQ(outcome(route(office([](Profile&) {}, policy), trip)), ">x@y.example");
  trip.to.push_back("kate@example.com");
  EXPECT_EQ(outcome(route(office([](Profile&) {}, policy), trip)),
            "kate >x@y.example monitor:spy@example.com");
  policy = {};
  policy.monitor.outgoing = MonitorMode::all;
  policy.monitor.random_target = "kate";
  policy.monitor.random_percent = 10;
  const Directory directory = office([](Profile&) {}, policy);
  const Trip plain = from_fred({"x@y.example"});
  const Arrival arrival = arrival_of(plain);
  Facts facts = facts_of(plain);
  facts.chance = 0.09;
  EXPECT_EQ(run_pipeline(Pipeline(), {arrival, directory, facts}).generated.size(), 1u);
  facts.chance = 0.11;
  EXPECT_EQ(run_pipeline(Pipeline(), {arrival, directory, facts}).generated.size(), 0u);
}

}  // namespace
}  // namespace stagecoach::routing
