#include "routing/lan_rules.h"

#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

/// "bob@lan.example -> mail.lan:26", "smtp bob -> mail.lan as *@new.example": [condition] address -> route
/// [as rewrite]
LanRule rule(const std::string& text, int line) {
  std::istringstream in(text);
  LanRule result;
  std::string word, arrow, as;
  in >> word >> arrow;
  if (arrow != "->") {
    result.condition = word;
    word = arrow;
    in >> arrow;
  }
  result.address = word;
  in >> result.route >> as >> result.rewrite;
  result.where = {"stagecoach.toml", line};
  return result;
}

Directory directory_of(const std::vector<std::string>& rules, const std::vector<std::string>& mappings = {}) {
  std::vector<LanRule> all;
  for (const std::string& text : rules) all.push_back(rule(text, 50 + static_cast<int>(all.size())));
  RoutingOptions options = local_options();
  options.lan_rules = std::make_shared<const LanRules>(std::move(all));
  return directory_with(mappings, std::move(options));
}

/// "bob@lan.example at mail.lan:26", or what else became of the recipients.
std::string sent(const Plan& plan) {
  std::string text;
  for (const Enqueue& entry : plan.enqueue)
    text += (text.empty() ? "" : " ") + entry.recipient.address +
            (entry.route.empty() ? "" : " at " + entry.route);
  return text.empty() ? outcome(plan) : text;
}

struct Case {
  const char* name;
  std::vector<std::string> rules;
  Trip trip;
  const char* sent;
  std::vector<std::string> mappings = {};
};

void expect_all(const std::vector<Case>& cases) {
  for (const Case& one : cases)
    EXPECT_EQ(sent(route(directory_of(one.rules, one.mappings), one.trip)), one.sent) << one.name;
}

// LAN-3 LAN-4 LAN-6
TEST(LanRules, FirstMatchWins) {
  const std::vector<std::string> k_rules{"bob@lan.example -> a", "b*@lan.example -> b", "*@lan.example -> c",
                                         "*@l?n.example -> d"};
  expect_all({
      {"a full address", k_rules, {.to = {"bob@lan.example"}}, "bob@lan.example at a"},
      {"without regard to case", k_rules, {.to = {"BOB@LAN.example"}}, "BOB@LAN.example at a"},
      {"a wildcard", k_rules, {.to = {"bill@lan.example"}}, "bill@lan.example at b"},
      {"a domain", k_rules, {.to = {"ann@lan.example"}}, "ann@lan.example at c"},
      {"? is one character", k_rules, {.to = {"ann@lxn.example"}}, "ann@lxn.example at d"},
      {"the order decides, not the kind",
       {"*@lan.example -> c", "bob@lan.example -> a"},
       {.to = {"bob@lan.example"}},
       "bob@lan.example at c"},
      {"strangers may not send elsewhere",
       k_rules,
       {.to = {"bob@other.example"}},
       "550/5.7.1:bob@other.example"},
      {"at our own domain, before the user",
       {"fred@example.com -> a"},
       {.to = {"fred@example.com"}},
       "fred@example.com at a"},
      {"a user part, at each domain of ours",
       {"fred -> a"},
       {.to = {"fred@example.org"}},
       "fred@example.org at a"},
      {"not at others", {"fred -> a"}, {.to = {"fred@other.example"}}, "550/5.7.1:fred@other.example"},
      {"of a collector: at its domains",
       {"sales -> a"},
       {.who = "collector", .header = {{"To", "", {{"sales", "example.net"}}}}},
       "sales@example.net at a"},
      {"of a collector: also at domains that are none of its",
       {"*@lan.example -> a"},
       {.who = "collector", .header = {{"To", "", {{"ann", "lan.example"}}}}},
       "ann@lan.example at a"},
  });
}

// LAN-7
TEST(LanRules, Conditions) {
  const std::vector<std::string> k_rules{"smtp x@example.net -> a", "isp x@example.net -> b",
                                         "pop3 x@example.net -> c"};
  CollectorRouting other = isp_collector();
  other.name = "other";
  other.id = 8;
  const HeaderFields header{{"To", "", {{"x", "example.net"}}}};
  expect_all({
      {"by SMTP", k_rules, {.to = {"x@example.net"}}, "x@example.net at a"},
      {"submitted", k_rules, {.who = "fred", .to = {"x@example.net"}}, "x@example.net at a"},
      {"of this collector", k_rules, {.who = "collector", .header = header}, "x@example.net at b"},
      {"of another one",
       k_rules,
       {.who = "collector", .header = header, .collector = other},
       "x@example.net at c"},
      {"by its number",
       {"7 x@example.net -> d"},
       {.who = "collector", .header = header},
       "x@example.net at d"},
  });
}

// LAN-5
TEST(LanRules, Precedence) {
  const std::vector<std::string> k_rest{"~@example.com -> z"};
  expect_all({
      {"a mapping first",
       {"fred@example.com -> a"},
       {.to = {"fred@example.com"}},
       "kate",
       {"fred@example.com -> kate"}},
      {"a rule before the user",
       {"*@example.com -> a"},
       {.to = {"fred@example.com"}},
       "fred@example.com at a"},
      {"the user before ~", k_rest, {.to = {"fred@example.com"}}, "fred"},
      {"~ for whom nobody knows", k_rest, {.to = {"nobody@example.com"}}, "nobody@example.com at z"},
      {"postmaster before ~", k_rest, {.to = {"postmaster@example.com"}}, "boss"},
      {"another rule before ~",
       {"~@example.com -> z", "no*@example.com -> a"},
       {.to = {"nobody@example.com"}},
       "nobody@example.com at a"},
      {"a mapping ~ before a rule ~",
       k_rest,
       {.to = {"nobody@example.com"}},
       "kate",
       {"~@example.com -> kate"}},
      {"~ with a wildcard",
       {"~@*.lan.example -> z"},
       {.to = {"ann@mail.lan.example"}},
       "ann@mail.lan.example at z"},
      {"~ is of its domain only", k_rest, {.to = {"nobody@example.org"}}, "550/5.1.1:nobody@example.org"},
  });
}

// LAN-10
TEST(LanRules, Rewrites) {
  expect_all({
      {"another address",
       {"*@lan.example -> a as all@new.example"},
       {.to = {"ann@lan.example"}},
       "all@new.example at a"},
      {"another domain",
       {"*@lan.example -> a as *@new.example"},
       {.to = {"Ann@lan.example"}},
       "Ann@new.example at a"},
      {"two recipients become one",
       {"*@lan.example -> a as all@new.example"},
       {.to = {"ann@lan.example", "bob@lan.example"}},
       "all@new.example at a"},
  });
}

TEST(LanRules, TellsWhy) {
  Directory directory = directory_of({"*@lan.example -> fred:geheim@mail.lan:26 as *@new.example"});
  const Plan plan = route(directory, {.to = {"ann@lan.example"}});
  const auto reason = std::find_if(plan.reasons.begin(), plan.reasons.end(),
                                   [](const Reason& one) { return one.rule == "LAN rule *@lan.example"; });
  ASSERT_NE(reason, plan.reasons.end());
  EXPECT_EQ(reason->where, "stagecoach.toml:50");
  EXPECT_EQ(reason->text, "ann@lan.example -> ann@new.example at mail.lan:26");
  // LAN-11
  ASSERT_EQ(plan.lan_matches.size(), 1u);
  EXPECT_EQ(plan.lan_matches[0].rule, directory.options().lan_rules->rules()[0].key());
  EXPECT_EQ(plan.lan_matches[0].rule.find("geheim"), std::string::npos);
}

TEST(LanRules, AUserWhoMaySendToUsersOnlyReachesThem) {
  EXPECT_EQ(sent(route(directory_of({"*@lan.example -> a"}), {.who = "joe", .to = {"ann@lan.example"}})),
            "ann@lan.example at a");
}

// LAN-21
TEST(LanRules, OnlyARecipientOfTheEnvelopeIsVerified) {
  LanRule asked = rule("*@lan.example -> a", 1);
  asked.verify = true;
  RoutingOptions options = local_options();
  options.lan_rules = std::make_shared<const LanRules>(std::vector{asked});
  DirectoryEntries entries;
  entries.lists = {list("team", {"ann@lan.example"})};
  entries.lists[0].allow_incoming = true;
  const Directory directory(std::move(entries), std::move(options));
  const auto verify = [&](const std::string& to) {
    const Plan plan = route(directory, {.to = {to}});
    return plan.lan_matches.size() == 1 && plan.lan_matches[0].verify;
  };
  EXPECT_TRUE(verify("ann@lan.example"));
  EXPECT_FALSE(verify("team@example.com"));
  EXPECT_EQ(route(directory, {.to = {"team@example.com"}}).lan_matches.size(), 1u);
}

TEST(LanRules, FindsOneOfManyRules) {
  std::vector<LanRule> rules;
  for (int i = 0; i < 20'000; ++i) rules.push_back(rule("u" + std::to_string(i) + "@lan.example -> a", i));
  rules.push_back(rule("*@lan.example -> b", 1));
  const LanRules all(std::move(rules));
  const auto find = [&](const char* address) { return all.find(split_address(address), {}, false); };
  EXPECT_EQ(find("u19999@lan.example")->route, "a");
  EXPECT_EQ(find("u20000@lan.example")->route, "b");
  EXPECT_EQ(find("u1@other.example"), nullptr);
}

TEST(LanRules, SaysWhatIsNoAddress) {
  const struct {
    const char* address;
    bool allow_bare_user, good;
  } k_addresses[] = {
      {"bob@lan.example", false, true},
      {"*@lan.example", false, true},
      {"~@lan.example", false, true},
      {"*", true, true},
      {"bob", true, true},
      {"bob", false, false},
      {"", true, false},
      {"~", true, false},
      {"@lan.example", false, false},
      {"bob@", true, false},
      {"a b@lan.example", false, false},
      {"a@b@lan.example", false, false},
      {"<bob@lan.example>", false, false},
  };
  for (const auto& [address, allow_bare_user, good] : k_addresses)
    EXPECT_EQ(lan_address_fault(address, allow_bare_user).empty(), good) << address;
  for (const char* good : {"", "bob@new.example", "*@new.example"})
    EXPECT_EQ(lan_rewrite_fault(good), "") << good;
  for (const char* bad :
       {"bob", "@new.example", "b*@new.example", "*@*.example", "a@b@c", "bob@", "*@", "a b@c"})
    EXPECT_NE(lan_rewrite_fault(bad), "") << bad;
}

}  // namespace
}  // namespace stagecoach::routing
