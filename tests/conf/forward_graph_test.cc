#include "conf/forward_graph.h"

#include <gtest/gtest.h>

namespace stagecoach::conf {
namespace {

const Provenance k_nowhere;  // the graph refers to it

using Targets = std::vector<std::string>;

/// A small directory: users with forwards or redirecting assistants, lists and mappings.
struct Entries {
  std::vector<std::pair<std::string, Profile>> users;
  std::vector<MailList> lists;
  std::vector<Mapping> mappings;

  Entries user(std::string name, Targets forward, Targets assistants = {}, bool redirect = false) && {
    Profile profile;
    profile.routing.forward_to = std::move(forward);
    profile.routing.assistants = std::move(assistants);
    profile.routing.redirect_to_assistant = redirect;
    users.emplace_back(std::move(name), std::move(profile));
    return std::move(*this);
  }
  Entries list(std::string name, Targets members) && {
    MailList list;
    list.name = std::move(name);
    list.members = std::make_shared<const Members>(std::move(members));
    lists.push_back(std::move(list));
    return std::move(*this);
  }
  Entries mapping(std::string address, std::string target) && {
    mappings.push_back({.address = std::move(address), .target = std::move(target)});
    return std::move(*this);
  }
  /// All circles, without places.
  std::string cycles() const {
    const routing::AddressSet local(std::vector<std::string>{"example.com"});
    ForwardGraph graph(local);
    for (const auto& [name, profile] : users) graph.add(name, profile, k_nowhere);
    for (const MailList& list : lists) graph.add(list);
    for (const Mapping& mapping : mappings) graph.add(mapping);
    std::string text;
    for (const Cycle& cycle : graph.cycles())
      text += cycle.key + ": " + cycle.text.substr(0, cycle.text.find(" (")) +
              (cycle.lists ? ", lists" : "") + ";";
    return text;
  }
};

const struct {
  const char* name;
  Entries entries;
  const char* cycles;
} k_graphs[] = {
    {"nothing", Entries{}.user("a", {}), ""},
    {"a chain", Entries{}.user("a", {"b"}).user("b", {"c@example.net"}), ""},
    {"two users", Entries{}.user("fred", {"kate"}).user("kate", {"fred"}),
     "routing.forward_to: fred -> kate -> fred;"},
    {"oneself", Entries{}.user("fred", {"FRED@Example.com"}), "routing.forward_to: fred -> fred;"},
    {"the same name elsewhere", Entries{}.user("fred", {"fred@example.net"}), ""},
    {"a copy is no circle", Entries{}.user("fred", {}, {"kate"}).user("kate", {}, {"fred"}), ""},
    {"a redirect is", Entries{}.user("fred", {}, {"kate"}, true).user("kate", {"fred"}),
     "routing.assistants: fred -> kate -> fred;"},
    {"with a list between", Entries{}.user("fred", {"team"}).list("team", {"x@example.net", "fred"}),
     "routing.forward_to: fred -> team -> fred;"},
    {"lists only", Entries{}.list("a", {"b", "fred"}).list("b", {"a"}), "members: a -> b -> a, lists;"},
    {"through a mapping", Entries{}.user("fred", {"sales"}).mapping("sales", "fred"),
     "routing.forward_to: fred -> fred;"},
    {"a mapping leads away",
     Entries{}.user("fred", {"kate@example.com"}).user("kate", {"fred"}).mapping("kate", "x"), ""},
    {"a server by name", Entries{}.user("fred", {"SMTP:fred@example.com@host"}), ""},
    {"two circles",
     Entries{}.user("a", {"b"}).user("b", {"a"}).user("c", {"d"}).user("d", {"e"}).user("e", {"c"}),
     "routing.forward_to: a -> b -> a;routing.forward_to: c -> d -> e -> c;"},
};

TEST(ForwardGraph, FindsMailThatGoesRound) {
  for (const auto& [name, entries, cycles] : k_graphs) EXPECT_EQ(entries.cycles(), cycles) << name;
}

TEST(ForwardGraph, FollowsLongChains) {
  Entries entries;
  for (int i = 0; i < 50000; ++i)
    entries = std::move(entries).user("u" + std::to_string(i), {"u" + std::to_string(i + 1)});
  EXPECT_EQ(entries.cycles(), "");
}

TEST(ForwardGraph, LeavesOutForwardsThatAreSwitchedOff) {
  Profile profile;
  profile.routing.forward_to = {"fred"};
  profile.routing.use_forwarding = false;
  const routing::AddressSet local;
  ForwardGraph graph(local);
  graph.add("fred", profile, k_nowhere);
  EXPECT_TRUE(graph.cycles().empty());
}

}  // namespace
}  // namespace stagecoach::conf
