// Lists, groups, forwardings and the order of resolution among them, through the whole pipeline.
#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

MailList with(MailList list, auto edit) {
  edit(list);
  return list;
}

Group group(std::string name, auto edit) {
  Group result;
  result.name = std::move(name);
  edit(result);
  return result;
}

/// Users fred, kate (in group sales), bob (no Internet mail in), boss (administrator, secondary in sales).
Directory office(std::vector<MailList> lists = {}, const std::vector<std::string>& mappings = {},
                 std::vector<Group> groups = {}) {
  DirectoryEntries entries;
  entries.users = {user("fred"), user("kate", [](Profile& profile) { profile.primary_group = "sales"; }),
                   user("bob",
                        [](Profile& profile) {
                          profile.permissions.receive_internet = false;
                          profile.permissions.in_everyone = false;
                        }),
                   user("boss", [](Profile& profile) {
                     profile.administrator = true;
                     profile.secondary_groups = {"sales"};
                   })};
  entries.lists = std::move(lists);
  entries.groups = std::move(groups);
  if (entries.groups.empty()) entries.groups = {group("sales", [](Group&) {})};
  for (const std::string& text : mappings) entries.mappings.push_back(mapping(text));
  return Directory(std::move(entries), local_options());
}

MailList open_list(MailList list) {
  list.allow_incoming = true;
  return list;
}

struct ListCase {
  const char* name;
  std::vector<MailList> lists;
  std::vector<std::string> mappings;
  const char* who;
  const char* to;
  const char* outcome;
};

const ListCase k_lists[] = {
    // LST-001, LST-014, LST-015, USR-031
    {"members of all kinds",
     {list("team", {"fred", "kate@example.com", "x@y.example"})},
     {},
     "fred",
     "team@example.org",
     "fred kate >x@y.example"},
    // LST-004
    {"closed to strangers",
     {list("team", {"fred"})},
     {},
     "stranger",
     "team@example.com",
     "550/5.1.1:team@example.com"},
    // LST-005
    {"open to strangers",
     {open_list(list("team", {"fred", "x@y.example"}))},
     {},
     "stranger",
     "team@example.com",
     "fred >x@y.example"},
    // LST-006
    {"a mapping opens a list",
     {list("team", {"fred"})},
     {"all -> team"},
     "stranger",
     "all@example.com",
     "fred"},
    // LST-007, MAP-009
    {"a mapping opens a group", {}, {"shop -> sales"}, "stranger", "shop@example.com", "kate boss"},
    // LST-068, GRP-03
    {"a group is for local senders", {}, {}, "fred", "sales@example.com", "kate boss"},
    {"a group is unknown to strangers",
     {},
     {},
     "stranger",
     "sales@example.com",
     "550/5.1.1:sales@example.com"},
    // LST-069, USR-142
    {"everyone", {}, {}, "fred", "everyone@example.com", "fred kate boss"},
    // LST-070
    {"admins", {}, {}, "fred", "Admins@example.com", "boss"},
    // LST-071, MAP-010
    {"no-one", {}, {"gone -> No-one"}, "stranger", "gone@example.com", "discard"},
    {"replies to automatic answers vanish", {}, {}, "stranger", "no-one@example.com", "discard"},
    // LST-008
    {"lists inside lists",
     {list("a", {"fred", "b"}), list("b", {"kate", "a"})},
     {},
     "fred",
     "a@example.com",
     "fred kate"},
    {"lists that only lead to each other",
     {list("a", {"b"}), list("b", {"a"})},
     {},
     "fred",
     "a@example.com",
     "550/5.4.6:a@example.com"},
    // LST-061, LST-062
    {"a forwarding to a remote address",
     {open_list(list("info", {"x@y.example"}, ListType::forwarding))},
     {},
     "stranger",
     "info@example.com",
     ">x@y.example"},
    {"a forwarding to a user",
     {open_list(list("info", {"kate"}, ListType::forwarding))},
     {},
     "stranger",
     "info@example.com",
     "kate"},
    // LST-083
    {"an empty list", {list("team", {})}, {}, "fred", "team@example.com", "discard"},
    // LST-009, USR-027, USR-028, USR-029
    {"a target at a named server",
     {list("team", {"SMTP:bob@x.example@u:p@192.0.2.1:587"})},
     {},
     "fred",
     "team@example.com",
     ">bob@x.example"},
    // LST-022
    {"a mailing list is expanded later",
     {list("news", {"fred"}, ListType::mailing)},
     {},
     "fred",
     "news@example.com",
     "post:news"},
    {"a list that is fed by SQL too",
     {list("crm", {}, ListType::external_db)},
     {},
     "fred",
     "crm@example.com",
     "post:crm"},
    {"a member of a list may be a mailing list",
     {list("a", {"news"}), list("news", {}, ListType::mailing)},
     {},
     "fred",
     "a@example.com",
     "post:news"},
    // MAP-003, MAP-013
    {"a mapping and the list of its name",
     {list("team", {"fred"})},
     {"team -> kate"},
     "fred",
     "team@example.com",
     "kate"},
    // LST-032
    {"the list server",
     {list("news", {}, ListType::mailing)},
     {},
     "stranger",
     "ListServer@example.org",
     "command:listserver@example.org"},
    // LST-051
    {"bounces of a list",
     {list("news", {}, ListType::mailing)},
     {},
     "stranger",
     "news_owner@example.com",
     "bounce:news"},
    // LST-084
    {"an unknown list", {}, {}, "fred", "team@example.com", "550/5.1.1:team@example.com"},
    // a member who gets no Internet mail is left out for strangers only
    {"a member without Internet mail",
     {open_list(list("team", {"fred", "bob"}))},
     {},
     "stranger",
     "team@example.com",
     "fred"},
    {"the same for colleagues",
     {open_list(list("team", {"fred", "bob"}))},
     {},
     "fred",
     "team@example.com",
     "fred bob"},
};

TEST(Lists, ResolveAsDocumented) {
  for (const ListCase& one : k_lists)
    EXPECT_EQ(outcome(route(office(one.lists, one.mappings), {one.who, {one.to}})), one.outcome) << one.name;
}

TEST(Lists, LeadThroughTheAcceptedDomainsOfACollector) {  // LST-002
  Trip trip{"collector", {}, {field("To", "team@example.net")}};
  EXPECT_EQ(outcome(route(office({open_list(list("team", {"fred"}))}), trip)), "fred");
}

struct PostingCase {
  const char* name;
  PostingPolicy policy;
  bool moderated;
  const char* who;
  const char* from;
  const char* outcome;
};

// LST-023, LST-024, LST-025, LST-050
const PostingCase k_postings[] = {
    {"anyone", PostingPolicy::anyone, false, "stranger", "ann@remote.example", "post:news"},
    {"a member by address", PostingPolicy::members, false, "stranger", "Ann@remote.example", "post:news"},
    {"a member by log-in", PostingPolicy::members, false, "fred", "whoever@example.com", "post:news"},
    {"no member", PostingPolicy::members, false, "stranger", "x@y.example", "550/5.7.1:news@example.com"},
    {"a moderator", PostingPolicy::moderators, false, "kate", "kate@example.com", "post:news"},
    {"a moderator of the distribution list", PostingPolicy::moderators, true, "boss", "boss@example.com",
     "post:news"},
    {"no moderator", PostingPolicy::moderators, false, "fred", "fred@example.com",
     "550/5.7.1:news@example.com"},
    {"a member of a moderated list", PostingPolicy::members, true, "fred", "fred@example.com",
     "moderate:news"},
    {"banned", PostingPolicy::anyone, false, "stranger", "spam@bad.example", "550/5.7.1:news@example.com"},
};

TEST(Lists, LetPostWhoMay) {
  for (const PostingCase& one : k_postings) {
    MailList news = open_list(list("news", {"fred", "ann@remote.example"}, ListType::mailing));
    news.posting = one.policy;
    news.moderated = one.moderated;
    news.moderator = "mods";
    news.banned = {"*@bad.example"};
    Trip trip{one.who, {"news@example.com"}};
    trip.from = one.from;
    EXPECT_EQ(outcome(route(office({news, list("mods", {"kate", "boss"})}), trip)), one.outcome) << one.name;
  }
}

TEST(Lists, SendSpamElsewhereOrNowhere) {  // LST-052, LST-053, LST-054
  for (const auto& [threshold, redirect, expected] :
       {std::tuple<int, const char*, const char*>{-1, "", "post:news"},
        {100, "", "discard"},
        {100, "kate", "kate/Quarantine"},
        {200, "kate", "post:news"}}) {
    MailList news = open_list(list("news", {}, ListType::mailing));
    news.spam_threshold = threshold;
    if (*redirect) news.spam_redirect = {redirect};
    const Directory directory = office({news});
    const Trip trip{.to = {"news@example.com"}, .size_bytes = 100};
    const Arrival arrival = arrival_of(trip);
    Facts facts = facts_of(trip);
    facts.spam_score = 150;
    EXPECT_EQ(outcome(run_pipeline(Pipeline(), {arrival, directory, facts})), expected)
        << threshold << redirect;
  }
}

TEST(Lists, RefuseWhatComesBackToThem) {
  MailList news = open_list(list("news", {}, ListType::mailing));
  const Trip trip{
      .to = {"news@example.com"}, .header = {field("X-Loop", "News@example.com")}, .size_bytes = 9};
  EXPECT_EQ(outcome(route(office({news}), trip)), "550/5.4.6:news@example.com");
}

TEST(Lists, ExpandTwentyThousandMembersWithFewReasons) {
  Members members;
  for (int i = 0; i < 20000; ++i) members.push_back("m" + std::to_string(i) + "@y.example");
  const Plan plan = route(office({list("all", members)}), {"fred", {"all@example.com"}});
  EXPECT_EQ(plan.enqueue.size(), 20000u);
  EXPECT_LT(plan.reasons.size(), 100u);
}

TEST(Lists, GiveRemoteMembersALinkToLeave) {
  MailList news = list("news", {"ann@remote.example", "kate"}, ListType::mailing);
  news.allow_subscribe = true;
  const auto linked = [](const MailList& one, bool links, const char* service) {
    DirectoryEntries entries;
    entries.users = {
        user("kate", [](Profile& profile) { profile.routing.forward_to = {"kate@elsewhere.example"}; })};
    entries.lists = {one};
    RoutingOptions options = local_options();
    options.unsubscribe_links = links;
    const Directory directory(std::move(entries), std::move(options));
    Arrival arrival = arrival_of({.to = {"ann@remote.example", "kate"}});
    arrival.origin.source = Source::system;
    arrival.origin.service = service;
    std::string lists;
    const Facts facts = facts_of({});
    for (const Enqueue& entry : run_pipeline(Pipeline(), {arrival, directory, facts}).enqueue)
      lists += entry.recipient.address + "=" + entry.list + " ";
    return lists;
  };
  EXPECT_EQ(linked(news, true, "list news"), "ann@remote.example=news kate@elsewhere.example= ")
      << "whom a member forwards to is no member";
  EXPECT_EQ(linked(news, false, "list news"), "ann@remote.example= kate@elsewhere.example= ");
  EXPECT_EQ(linked(news, true, "list server"), "ann@remote.example= kate@elsewhere.example= ");
  MailList own = news;
  own.header_modifiers = {"List-Unsubscribe: <https://elsewhere.example>"};
  EXPECT_EQ(linked(own, true, "list news"), "ann@remote.example= kate@elsewhere.example= ") << "LST-059";
  MailList off = news;
  off.one_click = false;
  EXPECT_EQ(linked(off, true, "list news"), "ann@remote.example= kate@elsewhere.example= ");
}

TEST(Groups, ForceTheirSettings) {  // GRP-04, GRP-05, GRP-07, GRP-09, GRP-10, GRP-13, GRP-14, LST-075,
                                    // LST-077, LST-078, LST-079, LST-080
  const Directory directory = office({}, {}, {group("sales", [](Group& sales) {
                                       sales.force = true;
                                       sales.send_internet = false;
                                       sales.administrator = true;
                                       sales.max_outgoing_kb = 50;
                                       sales.reply_address = "*@shop.example";
                                     })});
  const Profile& kate = *directory.find_user("kate")->profile;
  EXPECT_FALSE(kate.permissions.send_internet);
  EXPECT_TRUE(kate.permissions.receive_internet);  // not set: her own
  EXPECT_TRUE(kate.administrator);
  EXPECT_EQ(kate.permissions.max_outgoing_kb, 50);
  EXPECT_EQ(kate.advanced.reply_address, "kate@shop.example");
  // USR-040: a secondary member
  EXPECT_TRUE(directory.find_user("boss")->profile->permissions.send_internet);
}

TEST(Groups, DisableTheirUsersAndLimitNothingElse) {  // GRP-06, LST-074
  const Directory directory = office({}, {}, {group("sales", [](Group& sales) { sales.enabled = false; })});
  EXPECT_FALSE(directory.is_active(*directory.find_user("kate"), "2026-11-20"));
  EXPECT_TRUE(directory.is_active(*directory.find_user("boss"), "2026-11-20"));
  EXPECT_EQ(outcome(route(directory, {"stranger", {"kate@example.com"}})), "kate");  // USR-247
}

TEST(Accounts, EndAtTheEndOfTheirLastDay) {  // USR-053, USR-054
  const Directory directory(
      {{user("fred", [](Profile& profile) { profile.expires_on = "2026-11-20"; }), user("kate")}, {}, {}, {}},
      local_options());
  EXPECT_TRUE(directory.is_active(*directory.find_user("fred"), "2026-11-20"));
  EXPECT_FALSE(directory.is_active(*directory.find_user("fred"), "2026-11-21"));
  EXPECT_TRUE(directory.is_active(*directory.find_user("kate"), "2099-01-01"));
}

}  // namespace
}  // namespace stagecoach::routing
