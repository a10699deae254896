#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

using Mappings = std::vector<std::string>;

const struct {
  const char* name;
  Mappings mappings;
  const char* who;
  std::vector<std::string> to;
  const char* outcome;
} k_cases[] = {
    // MAP-022, USR-001, REF-033
    {"a user has his address at every local domain",
     {},
     "stranger",
     {"fred@example.com", "KATE@example.ORG"},
     "fred kate"},
    {"local mail finds users, too", {}, "fred", {"kate@example.com"}, "kate"},
    // MAP-001, MAP-004, REF-052
    {"a mapping takes the mail away", {"fred -> kate"}, "stranger", {"fred@example.com"}, "kate"},
    // MAP-002, LOC-7
    {"a mapping to oneself keeps a copy",
     {"fred -> kate", "fred -> fred"},
     "stranger",
     {"fred@example.com"},
     "kate fred"},
    // MAP-003, REF-053
    {"all matching mappings apply",
     {"sales -> fred", "sales@example.com -> kate", "*@example.com -> joe"},
     "stranger",
     {"sales@example.com"},
     "fred kate joe"},
    // MAP-005, LOC-22, REF-054
    {"a full address is one address",
     {"sales@example.com -> fred", "sales@example.org -> kate"},
     "stranger",
     {"sales@example.org"},
     "kate"},
    // MAP-006
    {"a local part counts at every local domain",
     {"sales -> fred"},
     "stranger",
     {"sales@example.org"},
     "fred"},
    {"a local part counts at no other domain",
     {"sales -> fred"},
     "stranger",
     {"sales@other.example"},
     "550/5.7.1:sales@other.example"},
    // MAP-007, LOC-21, REF-055
    {"a foreign address is delivered",
     {"someone@elsewhere.example -> fred"},
     "stranger",
     {"Someone@Elsewhere.example"},
     "fred"},
    // MAP-008
    {"a name that is no user", {"sales -> fred"}, "stranger", {"sales@example.com"}, "fred"},
    // MAP-010
    {"No-one discards", {"spam -> No-one"}, "stranger", {"spam@example.com"}, "discard"},
    {"No-one and a user: the user gets it",
     {"spam -> no-one", "spam -> fred"},
     "stranger",
     {"spam@example.com"},
     "fred"},
    // MAP-011, LOC-10, REF-060
    {"a wildcard in the local part", {"s?les -> fred"}, "stranger", {"sales@example.com"}, "fred"},
    {"a wildcard in the domain",
     {"info@*.example.com -> fred"},
     "stranger",
     {"info@shop.example.com"},
     "fred"},
    // MAP-012
    {"a catch-all takes the users' mail away", {"*@example.com -> bob"}, "kate", {"fred@example.com"}, "bob"},
    // MAP-013
    {"an explicit mapping beside a catch-all",
     {"*@example.com -> joe", "fred@example.com -> fred"},
     "stranger",
     {"fred@example.com"},
     "joe fred"},
    // MAP-014, LOC-8, REF-057
    {"~ is for the unrecognised", {"~@example.com -> joe"}, "stranger", {"nobody@example.com"}, "joe"},
    {"~ is not for a user", {"~@example.com -> joe"}, "stranger", {"fred@example.com"}, "fred"},
    {"~ is not for a mapped address",
     {"~@example.com -> joe", "sales -> fred"},
     "stranger",
     {"sales@example.com"},
     "fred"},
    {"~ is for one domain",
     {"~@example.com -> joe"},
     "stranger",
     {"nobody@example.org"},
     "550/5.1.1:nobody@example.org"},
    // MAP-015
    {"~ elsewhere is a letter",
     {"a~@example.com -> joe"},
     "stranger",
     {"ab@example.com"},
     "550/5.1.1:ab@example.com"},
    // MAP-016, LOC-9, REF-056
    {"*REMOTE sends local mail out",
     {"ann@example.com -> *REMOTE"},
     "fred",
     {"ann@example.com"},
     ">ann@example.com"},
    {"*REMOTE is unknown to strangers",
     {"ann@example.com -> *REMOTE"},
     "stranger",
     {"ann@example.com"},
     "550/5.1.1:ann@example.com"},
    {"*REMOTE beside a user: both",
     {"fred -> *remote", "fred -> kate"},
     "joe",
     {"fred@example.com"},
     "kate 550/5.7.1:fred@example.com"},
    {"*REMOTE beside a user: both, for one who may",
     {"fred -> *remote", "fred -> kate"},
     "fred",
     {"fred@example.com"},
     "kate >fred@example.com"},
    // MAP-018
    {"type always", {"always fred -> kate"}, "stranger", {"fred@example.com"}, "kate"},
    // MAP-019
    {"type pop3 is not for SMTP", {"pop3 fred -> kate"}, "stranger", {"fred@example.com"}, "fred"},
    // MAP-020
    {"type smtp", {"smtp fred -> kate"}, "stranger", {"fred@example.com"}, "kate"},
    {"type from is not for recipients", {"from fred -> kate"}, "stranger", {"fred@example.com"}, "fred"},
    // MAP-026, LOC-4
    {"the unrecognised is refused", {}, "stranger", {"nobody@example.com"}, "550/5.1.1:nobody@example.com"},
    {"the unrecognised is refused to local senders",
     {},
     "fred",
     {"nobody@example.com"},
     "550/5.1.1:nobody@example.com"},
    // MAP-029
    {"mappings, users, ~ in this order",
     {"~@example.com -> kate", "*@example.com -> boss"},
     "stranger",
     {"fred@example.com", "x@example.com"},
     "boss"},
    // MAP-038
    {"fred@* matches any domain", {"fred@* -> kate"}, "stranger", {"fred@other.example"}, "kate"},
    {"a user named by several mappings gets it once",
     {"fred -> kate", "*@example.com -> KATE"},
     "stranger",
     {"fred@example.com"},
     "kate"},
    {"a target is final", {"fred -> kate", "kate -> joe"}, "stranger", {"fred@example.com"}, "kate"},
    // receive_internet
    {"a user without Internet mail is unknown outside",
     {},
     "stranger",
     {"bob@example.com"},
     "550/5.1.1:bob@example.com"},
    {"… and known inside", {}, "fred", {"bob@example.com"}, "bob"},
    {"… also by a mapping; the others get it",
     {"all -> bob", "all -> fred"},
     "stranger",
     {"all@example.com"},
     "fred"},
    {"a broken mapping is no reason to lose mail",
     {"sales -> gone"},
     "stranger",
     {"sales@example.com"},
     "451/4.3.5:sales@example.com"},
    {"… but the rest of its targets get it",
     {"sales -> gone", "sales -> fred"},
     "stranger",
     {"sales@example.com"},
     "fred"},
    {"postmaster always exists", {}, "stranger", {"PostMaster@example.org"}, "boss"},
    {"postmaster without a domain", {}, "stranger", {"postmaster"}, "boss"},
    {"postmaster may be mapped", {"postmaster -> kate"}, "stranger", {"postmaster@example.com"}, "kate"},
    {"postmaster comes before ~", {"~@example.com -> kate"}, "stranger", {"postmaster@example.com"}, "boss"},
    // LOC-1
    {"an address without a domain gets the default one",
     {"fred@example.com -> kate"},
     "stranger",
     {"fred"},
     "kate"},
    // LOC-3
    {"local and remote are treated separately",
     {},
     "fred",
     {"kate@example.com", "x@y.example"},
     "kate >x@y.example"},
    {"the server's own mail bounces", {}, "system", {"nobody@example.com"}, "bounce:nobody@example.com"},
};

TEST(Recipients, ResolvesMappingsUsersAndTheRest) {
  for (const auto& [name, mappings, who, to, expected] : k_cases)
    EXPECT_EQ(outcome(route(directory_with(mappings), {who, to})), expected) << name;
}

TEST(Recipients, LeavesOutTheImpliedAddressesWhenTheyAreOff) {  // MAP-024, LOC-5, REF-059
  RoutingOptions options = local_options();
  options.disable_default_mapping = true;
  const Directory directory = directory_with({"sales -> fred"}, options);
  EXPECT_EQ(outcome(route(directory, {"stranger", {"fred@example.com"}})), "550/5.1.1:fred@example.com");
  EXPECT_EQ(outcome(route(directory, {"stranger", {"sales@example.com"}})), "fred");
  EXPECT_EQ(outcome(route(directory, {"stranger", {"postmaster@example.com"}})), "boss");
}

TEST(Recipients, LeavesOutImpliedUsersAndListsForEachSource) {  // REF-059
  DirectoryEntries entries;
  entries.users = {user("fred"), user("kate")};
  MailList team = list("team", {"kate"});
  team.allow_incoming = true;
  entries.lists = {team};
  const auto outcomes = [&](bool local_off, bool collector_off) {
    RoutingOptions options = local_options();
    options.disable_default_mapping = local_off;
    const Directory directory(DirectoryEntries(entries), options);
    CollectorRouting isp = isp_collector();
    isp.disable_default_mapping = collector_off;
    isp.on_no_recipient = NoRecipientAction::ignore;
    std::string text;
    for (const char* name : {"fred", "team"}) {
      Trip collected{"collector", {}, {field("To", std::string(name) + "@example.net")}};
      collected.collector = isp;
      text += outcome(route(directory, {"stranger", {std::string(name) + "@example.com"}})) + ", " +
              outcome(route(directory, collected)) + "; ";
    }
    return text;
  };
  EXPECT_EQ(outcomes(false, false), "fred, fred; kate, kate; ");
  EXPECT_EQ(outcomes(true, false), "550/5.1.1:fred@example.com, fred; 550/5.1.1:team@example.com, kate; ");
  EXPECT_EQ(outcomes(false, true), "fred, discard; kate, discard; ");
}

TEST(Recipients, ElsewhereIsOutsideForOursAndNobodyForCollectors) {  // REF-056
  const Directory directory = directory_with({"ann -> *REMOTE"});
  EXPECT_EQ(outcome(route(directory, {"fred", {"ann@example.com"}})), ">ann@example.com");
  EXPECT_EQ(outcome(route(directory, {"stranger", {"ann@example.com"}})), "550/5.1.1:ann@example.com");
  const auto collected = [&](const char* to) {
    return outcome(route(directory, {"collector", {}, {field("To", to)}}));
  };
  EXPECT_EQ(collected("nobody@example.net"), "notice:boss");
  EXPECT_EQ(collected("ann@example.net"), "discard") << "not taken for unrecognised";
  EXPECT_EQ(collected("ann@example.net kate@example.net"), "kate");
}

TEST(Recipients, AreLookedForInFiveSteps) {  // MAP-029
  DirectoryEntries entries;
  entries.users = {user("kate"), user("joe"), user("postmaster"),
                   user("boss", [](Profile& profile) { profile.administrator = true; })};
  entries.mappings = {mapping("postmaster -> kate"), mapping("~@example.com -> joe")};
  const auto reached = [&](const char* address) {
    return outcome(route(Directory(DirectoryEntries(entries), local_options()), {"stranger", {address}}));
  };
  EXPECT_EQ(reached("postmaster@example.com"), "kate") << "a mapping";
  entries.mappings.erase(entries.mappings.begin());
  EXPECT_EQ(reached("postmaster@example.com"), "postmaster") << "then the user of that name";
  entries.users.erase(entries.users.begin() + 2);
  EXPECT_EQ(reached("postmaster@example.com"), "boss") << "then a special address";
  EXPECT_EQ(reached("nobody@example.com"), "joe") << "then ~";
  entries.mappings.clear();
  EXPECT_EQ(reached("nobody@example.com"), "550/5.1.1:nobody@example.com") << "then nobody";
}

TEST(Recipients, SendsUnrecognisedLocalMailOutWhenTheOptionIsOn) {  // MAP-026, LOC-4
  RoutingOptions options = local_options();
  options.unrecognised_local_to_outgoing = true;
  const Directory directory = directory_with({}, options);
  EXPECT_EQ(outcome(route(directory, {"fred", {"nobody@example.com"}})), ">nobody@example.com");
  EXPECT_EQ(outcome(route(directory, {"stranger", {"nobody@example.com"}})), "550/5.1.1:nobody@example.com");
}

TEST(Recipients, TreatsAnAliasLikeAMapping) {
  User fred = user("fred", [](Profile& profile) { profile.aliases = {"sales", "info@elsewhere.example"}; });
  fred.where = {"stagecoach.toml", 12};
  const Directory directory({{fred, user("kate")}, {}, {}, {}}, local_options());
  EXPECT_EQ(outcome(route(directory, {"stranger", {"sales@example.org", "info@elsewhere.example"}})), "fred");
  const Plan plan = route(directory, {"stranger", {"sales@example.org"}});
  EXPECT_EQ(plan.reasons[1],
            (Reason{"recipients", "alias sales", "stagecoach.toml:12", "sales@example.org -> fred"}));
}

TEST(Recipients, GivesAReasonWithTheLineThatDecided) {
  const Plan plan = route(directory_with({"sales -> fred"}), {"stranger", {"sales@example.com"}});
  ASSERT_GE(plan.reasons.size(), 2u);
  EXPECT_EQ(plan.reasons[1],
            (Reason{"recipients", "mapping sales", "stagecoach.toml:41", "sales@example.com -> fred"}));
}

TEST(Recipients, SaysWhyAMappingDidNotApply) {
  const Plan plan = route(directory_with({"pop3 sales -> fred"}), {"stranger", {"sales@example.com"}});
  ASSERT_GE(plan.reasons.size(), 2u);
  EXPECT_EQ(plan.reasons[1], (Reason{"recipients", "mapping sales", "stagecoach.toml:41",
                                     "sales@example.com: the mapping is for collected mail only"}));
}

TEST(Recipients, KeepsBothReasonsOfAUserReachedTwice) {
  const Plan plan =
      route(directory_with({"fred -> kate", "*@example.com -> kate"}), {"stranger", {"fred@example.com"}});
  int ways = 0;
  for (const Reason& reason : plan.reasons) ways += reason.stage == "recipients";
  EXPECT_EQ(ways, 2);
  EXPECT_EQ(plan.deliveries.size(), 1u);
}

}  // namespace
}  // namespace stagecoach::routing
