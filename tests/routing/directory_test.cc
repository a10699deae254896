#include "routing/directory.h"

#include <chrono>

#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

TEST(Directory, FindsUsersWithoutCase) {  // USR-003
  const Directory directory = directory_with({});
  ASSERT_TRUE(directory.find_user("KATE"));
  EXPECT_EQ(directory.find_user("KATE")->name, "Kate");
  EXPECT_FALSE(directory.find_user("nobody"));
}

TEST(Directory, TakesTheAddressAtALocalDomainForALogin) {
  const Directory directory = directory_with({"sales -> fred"});
  EXPECT_TRUE(directory.find_login("fred"));
  EXPECT_TRUE(directory.find_login("Fred@Example.org"));
  EXPECT_FALSE(directory.find_login("fred@elsewhere.example"));
  EXPECT_FALSE(directory.find_login("sales"));
}

// LOC-2
const struct {
  const char* entry;
  const char* address;
  bool local;
} k_local[] = {
    {"example.com", "a@EXAMPLE.COM", true},           {"example.com", "a@sub.example.com", false},
    {"*@example.com", "a@example.com", true},         {"*.example.com", "a@sub.example.com", true},
    {"fred@example.com", "Fred@example.com", true},   {"fred@example.com", "kate@example.com", false},
    {"joe.*@example.org", "joe.x@example.org", true}, {"joe.*@example.org", "joe@example.org", false},
    {"a.example; b.example", "x@b.example", true},    {"example.com", "bare", false},
};

TEST(AddressSet, KnowsDomainsAddressesAndWildcards) {
  for (const auto& [entry, address, local] : k_local)
    EXPECT_EQ(AddressSet({entry}).contains(split_address(address)), local) << entry << " " << address;
}

TEST(Directory, HasSomebodyForPostmaster) {
  EXPECT_EQ(directory_with({}).postmaster()->name, "boss");
  EXPECT_EQ(Directory({{user("fred"), user("Postmaster")}, {}, {}, {}}, {}).postmaster()->name, "Postmaster");
  EXPECT_EQ(Directory({{user("fred")}, {}, {}, {}}, {}).postmaster()->name, "fred");
  EXPECT_EQ(Directory().postmaster(), nullptr);
}

TEST(Directory, PrefersTheChosenMainAdministrator) {
  RoutingOptions options = local_options();
  options.main_administrator = "kate";
  EXPECT_EQ(directory_with({}, options).main_administrator()->name, "Kate");
  options.main_administrator = "gone";
  EXPECT_EQ(directory_with({}, options).main_administrator()->name, "boss");
}

TEST(Directory, ResolvesAmongFiftyThousandMappingsInMicroseconds) {
  std::vector<Mapping> mappings;
  for (int i = 0; i < 50000; ++i)
    mappings.push_back(mapping("alias" + std::to_string(i) + "@example.com -> fred"));
  for (int i = 0; i < 20; ++i) mappings.push_back(mapping("w" + std::to_string(i) + "*x@*.example -> fred"));
  const Directory directory({{user("fred")}, std::move(mappings), {}, {}}, local_options());
  const Address address{"alias49999", "example.com"};
  ASSERT_EQ(directory.mappings_for(address, {}).size(), 1u);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(directory.mappings_for(address, {}).size(), 1u);
  const auto each = (std::chrono::steady_clock::now() - begin) / 1000;
  EXPECT_LT(each, std::chrono::microseconds(200)) << "20 times the aim, for sanitizers and busy machines";
}

}  // namespace
}  // namespace stagecoach::routing
