#include "routing/sending/batv.h"

#include "routing/sending/srs.h"
#include "tests/routing/routing_fixture.h"
#include "tests/routing/sending/mac_fixture.h"

namespace stagecoach::routing {
namespace {

BatvRules rules(const std::string& secret = "secret") {
  BatvRules result;
  result.enabled = true;
  result.mac = test_mac(secret);
  return result;
}
/// "fred@example.com genuine", "… expired", "… forged", "" for no tag.
std::string read(const std::string& address, std::int64_t today = 20000, const BatvRules& by = rules()) {
  const auto tagged = batv_read(split_address(address), by, today);
  if (!tagged) return "";
  return tagged->address.text() + (tagged->genuine ? " genuine" : tagged->expired ? " expired" : " forged");
}
std::string tag(const std::string& path, std::int64_t today = 20000) {
  return batv_tagged(split_address(path), rules(), today).value_or("");
}

TEST(Batv, TagsAndReads) {  // AUT-010
  const std::string tagged = tag("Fred@example.com");
  EXPECT_EQ(tagged.substr(0, 9), "prvs=0007");  // day 20007 is the last one
  EXPECT_TRUE(tagged.ends_with("=Fred@example.com")) << tagged;
  EXPECT_EQ(tagged.size(), std::string("prvs=0007123456=Fred@example.com").size());
  EXPECT_EQ(read(tagged), "Fred@example.com genuine");
  EXPECT_EQ(read(to_lower(tagged)), "fred@example.com genuine");
  EXPECT_EQ(read(tagged, 20000, rules("another")), "Fred@example.com forged");
  std::string others = tagged;
  others.replace(others.find("Fred"), 4, "kate");
  EXPECT_EQ(read(others), "kate@example.com forged");
  std::string later = tagged;
  later[8] = '9';
  EXPECT_EQ(read(later), "Fred@example.com forged");
}

TEST(Batv, LastsForItsDays) {
  for (const std::int64_t made : {20000, 20990, 20993, 20999}) {
    const std::string tagged = tag("fred@example.com", made);
    EXPECT_EQ(read(tagged, made + 7), "fred@example.com genuine");
    EXPECT_EQ(read(tagged, made + 8), "fred@example.com expired");
    EXPECT_EQ(read(tagged, made - 1), "fred@example.com expired");
  }
}

TEST(Batv, KnowsItsForm) {
  for (const char* no :
       {"fred@example.com", "prvs=@x", "prvs=0007abcdef@x", "prvs=0007abcdef=@x", "prvs=0007abcdeg=f@x",
        "prvs=a007abcdef=f@x", "prvs=0007abcdef0=f@x", "btv1=0007abcdef=f@x", ""})
    EXPECT_EQ(read(no), "") << no;
  EXPECT_EQ(read("PRVS=0007ABCDEF=fred@example.com"), "fred@example.com forged");
  EXPECT_EQ(tag(std::string(48, 'a') + "@example.com").size(), 64u + 12);
  EXPECT_EQ(tag(std::string(49, 'a') + "@example.com"), "");
}

// ---- in the pipeline ----

RoutingOptions options(bool enforce = true) {
  RoutingOptions result = local_options();
  BounceAddresses& paths = result.bounce_addresses;
  paths.srs = {true, "example.com", 21, test_mac("srs")};
  paths.batv = rules();
  paths.batv.enforce = enforce;
  paths.batv.exceptions = AddressSet({"kate@example.com"});
  return result;
}
Directory directory(bool enforce = true) {
  DirectoryEntries entries;
  const auto forwarding = [](Profile& profile) { profile.routing.forward_to = {"x@far.example"}; };
  entries.users = {user("fred"), user("kate"), user("ann", forwarding), user("postmaster")};
  entries.lists = {list("team", {"y@far.example"})};
  entries.lists.front().allow_incoming = true;
  return Directory(std::move(entries), options(enforce));
}
/// Return paths of what goes out, "-" for the unchanged one.
std::string paths(const Plan& plan) {
  std::string text;
  for (const Enqueue& entry : plan.enqueue) {
    const auto& path = entry.rendition > 0
                           ? plan.renditions[static_cast<std::size_t>(entry.rendition) - 1].reverse_path
                           : std::optional<std::string>();
    text += (text.empty() ? "" : " ") + (path ? path->substr(0, 5) : std::string("-"));
  }
  return text;
}
std::string sent(const std::string& who, const std::string& to, const std::string& from) {
  Trip trip{who, {to}};
  trip.from = from;
  return paths(route(directory(), trip));
}
Plan bounced(const std::string& to, bool enforce = true, const std::string& from = "") {
  Trip trip{"stranger", {to}};
  trip.from = from;
  return route(directory(enforce), trip);
}
std::int64_t today() { return day_of(facts_of({}).now); }

TEST(ReturnPaths, OfMailThatGoesOut) {  // AUT-007 WIK-016
  EXPECT_EQ(sent("fred", "x@far.example", "fred@example.com"), "prvs=");
  EXPECT_EQ(sent("fred", "x@far.example", "kate@example.com"), "-") << "an exception";
  EXPECT_EQ(sent("fred", "x@far.example", ""), "-") << "the null path";
  EXPECT_EQ(sent("fred", "x@far.example", "fred@elsewhere.example"), "-") << "not forwarded, not ours";
  EXPECT_EQ(sent("system", "x@far.example", "fred@example.com"), "prvs=");
  EXPECT_EQ(sent("stranger", "team@example.com", "bob@remote.example"), "SRS0=");
  EXPECT_EQ(sent("stranger", "team@example.com", "fred@example.com"), "-") << "a stranger gets no tag";
  EXPECT_EQ(sent("fred", "team@example.com", "fred@example.com"), "prvs=");
  EXPECT_EQ(sent("stranger", "team@example.com", "\"a b\"@remote.example"), "-");
  EXPECT_EQ(sent("stranger", "team@example.com", std::string(50, 'a') + "@remote.example"), "-");
  EXPECT_EQ(sent("stranger", "ann@example.com", "bob@remote.example"), "SRS0=");
}

TEST(ReturnPaths, NeverOfBothKinds) {
  const std::string path = *batv_tagged({"fred", "example.com"}, rules(), today());
  EXPECT_EQ(sent("fred", "x@far.example", path), "-") << "has a tag already";
}

TEST(ReturnPaths, BouncesComeBack) {  // AUT-008 AUT-009 WIK-016
  const BounceAddresses by = options().bounce_addresses;
  const std::string fred = *batv_tagged({"fred", "example.com"}, by.batv, today());
  const std::string old = *batv_tagged({"fred", "example.com"}, by.batv, today() - 8);
  const std::string ann = *srs_forward({"bob", "remote.example"}, by.srs, today());
  const std::string stale = *srs_forward({"bob", "remote.example"}, by.srs, today() - 22);
  EXPECT_EQ(outcome(bounced(fred)), "fred");
  EXPECT_EQ(outcome(bounced(old)), "550/5.7.1:" + old);
  EXPECT_EQ(outcome(bounced("fred@example.com")), "550/5.7.1:fred@example.com");
  EXPECT_EQ(outcome(bounced("kate@example.com")), "kate") << "an exception";
  EXPECT_EQ(outcome(bounced("postmaster@example.com")), "postmaster") << "RFC 5321 section 4.5.1";
  EXPECT_EQ(outcome(bounced("nobody@example.com")), "550/5.7.1:nobody@example.com");
  EXPECT_EQ(outcome(bounced("fred@example.com", false)), "fred");
  EXPECT_EQ(outcome(bounced(old, false)), "fred");
  EXPECT_EQ(outcome(bounced("fred@example.com", true, "bob@remote.example")), "fred") << "no bounce";
  EXPECT_EQ(outcome(bounced(fred, true, "bob@remote.example")), "fred");
  EXPECT_EQ(outcome(bounced(ann)), ">bob@remote.example");
  EXPECT_EQ(paths(bounced(ann)), "-");
  EXPECT_EQ(outcome(bounced(stale)), "550/5.7.1:" + stale);
  EXPECT_EQ(outcome(bounced(ann, true, "eve@remote.example")), "550/5.7.1:" + ann) << "only bounces";
  EXPECT_EQ(outcome(bounced("SRS0=AAAAA=AA=x.example=y@example.com")),
            "550/5.7.1:SRS0=AAAAA=AA=x.example=y@example.com");
}

TEST(ReturnPaths, AWildcardMappingDoesNotTakeThem) {  // AUT-011
  const BounceAddresses by = options().bounce_addresses;
  const Directory all = directory_with({"*@example.com -> fred", "sales@example.com -> kate"}, options());
  Trip trip{"stranger", {*srs_forward({"bob", "remote.example"}, by.srs, today())}};
  trip.from = "";
  EXPECT_EQ(outcome(route(all, trip)), ">bob@remote.example");
  trip.to = {*batv_tagged({"sales", "example.com"}, by.batv, today())};
  EXPECT_EQ(outcome(route(all, trip)), "fred kate") << "mappings see the address without its tag";
}

TEST(ReturnPaths, AreExplained) {
  const Plan plan = bounced("fred@example.com");
  EXPECT_EQ(plan.reasons.back().rule, "batv");
  EXPECT_EQ(plan.reasons.back().text, "fred@example.com: 550 5.7.1 This bounce is not for a message of ours");
  Trip trip{"fred", {"x@far.example"}};
  trip.from = "fred@example.com";
  const Plan out = route(directory(), trip);
  ASSERT_GE(out.reasons.size(), 2u);
  const Reason& reason = out.reasons[out.reasons.size() - 2];
  EXPECT_EQ(reason.rule, "batv");
  EXPECT_TRUE(reason.text.starts_with("the return path fred@example.com becomes prvs=0")) << reason.text;
}

TEST(ReturnPaths, OffChangesNothing) {
  EXPECT_EQ(outcome(route(directory_with({}), {"stranger", {"SRS0=A=B=c=d@example.com"}})),
            "550/5.1.1:SRS0=A=B=c=d@example.com");
}

}  // namespace
}  // namespace stagecoach::routing
