#include "routing/client_access.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

AccessEntry entry(AccessAction action, AccessType type, std::string address = {}, int prefix = -1,
                  std::vector<std::string> users = {}) {
  AccessEntry one;
  one.action = action;
  one.type = type;
  one.address = std::move(address);
  one.prefix = prefix;
  one.users = std::move(users);
  return one;
}
constexpr auto k_allow = AccessAction::allow, k_block = AccessAction::block;

TEST(ParseIp, TakesWhatIsAnAddress) {
  const char* const k_right[] = {
      "192.0.2.1", "0.0.0.0",          "255.255.255.255",   "::", "::1", "2001:db8::1", "1:2:3:4:5:6:7:8",
      "fe80::",    "::ffff:192.0.2.1", "64:ff9b::192.0.2.1"};
  for (const char* text : k_right) EXPECT_TRUE(parse_ip(text)) << text;
  const char* const k_wrong[] = {"",
                                 "1.2.3",
                                 "1.2.3.4.5",
                                 "256.1.1.1",
                                 "1.2.3.x",
                                 "1.2.3.",
                                 ":",
                                 ":::",
                                 "1::2::3",
                                 "1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:8:9",
                                 "12345::",
                                 "1:2:3:4:5:6:7:",
                                 "1.2.3.4::",
                                 "mail.example.com",
                                 "1.2.3.4 ",
                                 "::1.2.3",
                                 "1:2:3:4:5:6:7:1.2.3.4"};
  for (const char* text : k_wrong) EXPECT_FALSE(parse_ip(text)) << text;
  EXPECT_EQ(parse_ip("::ffff:192.0.2.1"), parse_ip("192.0.2.1"));
  EXPECT_EQ(parse_ip("2001:DB8:0:0::1"), parse_ip("2001:db8::1"));
}

// ACL-06, ACL-07, ACL-08
TEST(Masked, ClearsTheBitsOfTheComputer) {
  const struct {
    const char* address;
    int prefix;
    const char* network;
  } k_cases[] = {{"192.168.72.15", 24, "192.168.72.0"}, {"192.168.72.15", 29, "192.168.72.8"},
                 {"192.168.1.57", 24, "192.168.1.0"},   {"192.168.72.15", 28, "192.168.72.0"},
                 {"192.0.2.1", 32, "192.0.2.1"},        {"192.0.2.1", 0, "0.0.0.0"},
                 {"2001:db8::ff", 64, "2001:db8::"},    {"2001:db8::ff", 128, "2001:db8::ff"},
                 {"2001:db8::ff", 124, "2001:db8::f0"}};
  for (const auto& [address, prefix, network] : k_cases)
    EXPECT_EQ(masked(*parse_ip(address), prefix), *parse_ip(network)) << address << "/" << prefix;
}

// REF-122, ACL-06
TEST(ParseNetwork, TakesNetworksAndNamesTheRightOneOfAComputer) {
  const struct {
    const char *text, *network;  // or what the reason says
  } k_cases[] = {{"192.168.72.0/24", "192.168.72.0/24"},
                 {"192.168.72.8/29", "192.168.72.8/29"},
                 {"0.0.0.0/0", "0.0.0.0/0"},
                 {"192.0.2.1", "192.0.2.1/32"},
                 {"192.0.2.1/32", "192.0.2.1/32"},
                 {"2001:DB8::/32", "2001:db8::/32"},
                 {"::/0", "::/0"},
                 {"2001:db8::1", "2001:db8::1/128"},
                 {"192.168.72.15/24", "its network is 192.168.72.0/24"},
                 {"192.168.72.15/29", "its network is 192.168.72.8/29"},
                 {"2001:db8::ff/124", "its network is 2001:db8::f0/124"},
                 {"2001:db8:1:2::/32", "its network is 2001:db8::/32"},
                 {"192.0.2.0/33", "not 0 to 32"},
                 {"2001:db8::/129", "not 0 to 128"},
                 {"192.0.2.0/", "not 0 to 32"},
                 {"192.0.2.0/-1", "not 0 to 32"},
                 {"192.0.2.0/24/24", "not 0 to 32"},
                 {"192.0.2/24", "is no IP address"},
                 {"/24", "is no IP address"},
                 {"", "is no IP address"}};
  for (const auto& [text, expected] : k_cases) {
    const auto network = parse_network(text);
    const std::string given =
        network ? text_of(network->address) + "/" + std::to_string(network->prefix) : network.error().reason;
    if (network)
      EXPECT_EQ(given, expected) << text;
    else
      EXPECT_NE(given.find(expected), std::string::npos) << text << ": " << given;
  }
}

TEST(TextOf, ShortensTheLongestRunOfZeros) {
  for (const char* text : {"192.0.2.1", "::", "::1", "1::", "2001:db8::1", "1:0:2::", "1::2:0:0:3",
                           "1:0:2:3:4:5:6:7", "fe80::a:0:0:1", "1:2:3:4:5:6:7:8"})
    EXPECT_EQ(text_of(*parse_ip(text)), text);
}

struct AccessCase {
  const char* name;
  std::vector<AccessEntry> entries;
  const char* client;
  bool expected;
};

const AccessCase k_access[] = {
    {"no list", {}, "192.0.2.1", true},
    // ACL-03
    {"no match", {entry(k_allow, AccessType::ipv4, "192.0.2.1")}, "192.0.2.2", false},
    {"a computer", {entry(k_allow, AccessType::ipv4, "192.0.2.1")}, "192.0.2.1", true},
    {"a network", {entry(k_allow, AccessType::ipv4, "192.0.2.0", 24)}, "192.0.2.99", true},
    {"beside the network", {entry(k_allow, AccessType::ipv4, "192.0.2.0", 24)}, "192.0.3.99", false},
    {"a network in one word", {entry(k_allow, AccessType::ipv4, "192.0.2.0/24")}, "192.0.2.99", true},
    {"a network given by a computer",
     {entry(k_allow, AccessType::ipv4, "192.0.2.7", 24)},
     "192.0.2.7",
     false},
    {"IPv6", {entry(k_allow, AccessType::ipv6, "2001:db8::", 32)}, "2001:db8:1::1", true},
    {"another family", {entry(k_allow, AccessType::any4)}, "2001:db8::1", false},
    {"its own family", {entry(k_allow, AccessType::any6)}, "2001:db8::1", true},
    {"an IPv4 client of an IPv6 socket", {entry(k_allow, AccessType::any4)}, "::ffff:192.0.2.1", true},
    {"any", {entry(k_allow, AccessType::any)}, "2001:db8::1", true},
    {"local networks", {entry(k_allow, AccessType::local_nets)}, "10.1.2.3", true},
    {"not local", {entry(k_allow, AccessType::local_nets)}, "10.2.2.3", false},
    {"no address", {entry(k_allow, AccessType::any)}, "client", false},
    // ACL-01, ACL-02: what is more special is tried first, wherever it stands
    {"a computer before its network",
     {entry(k_allow, AccessType::ipv4, "192.0.2.0", 24), entry(k_block, AccessType::ipv4, "192.0.2.1")},
     "192.0.2.1",
     false},
    {"a small network before a large one",
     {entry(k_block, AccessType::ipv4, "192.0.0.0", 16), entry(k_allow, AccessType::ipv4, "192.0.2.0", 24)},
     "192.0.2.1",
     true},
    {"networks before local networks",
     {entry(k_allow, AccessType::local_nets), entry(k_block, AccessType::ipv4, "10.1.2.0", 24)},
     "10.1.2.3",
     false},
    {"a family before any",
     {entry(k_allow, AccessType::any), entry(k_block, AccessType::any4)},
     "192.0.2.1",
     false},
    {"block before allow of the same",
     {entry(k_allow, AccessType::ipv4, "192.0.2.1"), entry(k_block, AccessType::ipv4, "192.0.2.1")},
     "192.0.2.1",
     false},
    {"a faulty list allows nobody", {entry(k_allow, AccessType::ipv4, "nowhere")}, "192.0.2.1", false},
};

TEST(AccessList, DecidesByTheFirstEntryThatMatches) {
  const std::vector<IpNetwork> local{{*parse_ip("10.1.0.0"), 16}};
  for (const AccessCase& one : k_access)
    EXPECT_EQ(AccessList(one.entries, local).allows(one.client), one.expected) << one.name;
}

// ACL-09, POP-13
TEST(AccessList, LimitsWhoMayLogInFromThere) {
  const AccessList list(
      {entry(k_allow, AccessType::ipv4, "192.0.2.0", 24, {"fred", "Kate"}),
       entry(k_allow, AccessType::ipv4, "198.51.100.0", 24), entry(k_block, AccessType::any)},
      {});
  EXPECT_TRUE(list.allows("192.0.2.1", "kate"));
  EXPECT_FALSE(list.allows("192.0.2.1", "bob")) << "later entries are not asked";
  EXPECT_TRUE(list.allows("198.51.100.1", "bob"));
  EXPECT_FALSE(list.allows("203.0.113.1", "fred"));
  EXPECT_TRUE(AccessList().allows("203.0.113.1", "fred"));
}

TEST(AccessFault, SaysWhatIsWrong) {
  const struct {
    AccessEntry entry;
    const char* key;
  } k_cases[] = {
      {entry(k_allow, AccessType::any), ""},
      {entry(k_allow, AccessType::ipv4, "192.0.2.0", 24), ""},
      {entry(k_allow, AccessType::ipv4, "192.0.2.0/24"), ""},
      {entry(k_allow, AccessType::ipv4, "192.0.2.1", 24), "address"},
      {entry(k_allow, AccessType::ipv4, "192.0.2.1/24"), "address"},
      {entry(k_allow, AccessType::ipv4, "192.0.2.0/24", 24), "prefix"},
      {entry(k_allow, AccessType::ipv4, "2001:db8::/32"), "address"},
      {entry(k_allow, AccessType::ipv4), "address"},
      {entry(k_allow, AccessType::ipv4, "::1"), "address"},
      {entry(k_allow, AccessType::ipv6, "192.0.2.1"), "address"},
      {entry(k_allow, AccessType::ipv4, "192.0.2.1", 33), "prefix"},
      {entry(k_allow, AccessType::ipv6, "::1", 128), ""},
      {entry(k_allow, AccessType::any4, "192.0.2.1"), "address"},
      {entry(k_allow, AccessType::local_nets, "", 8), "prefix"},
  };
  for (const auto& [one, key] : k_cases)
    EXPECT_EQ(access_fault(one).key, key) << one.address << "/" << one.prefix;
}

}  // namespace
}  // namespace stagecoach::routing
