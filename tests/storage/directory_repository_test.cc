#include "storage/directory_repository.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DirectoryRepositoryTest : public StorageTest {
 protected:
  static User entry(const std::string& name) {
    User user;
    user.name = name;
    user.password = "$argon2id$" + name;
    user.scram = "SCRAM-SHA-256$4096:" + name;
    user.full_name = "Full " + name;
    user.aliases = {name + "@other.example", "odd,\"alias\""};
    user.administrator = true;
    return user;
  }
  std::vector<std::string> names() {
    std::vector<std::string> names;
    for (const User& user : must(directory_.users())) names.push_back(user.name);
    return names;
  }
  Error::Kind kind(const auto& result) { return result ? Error::Kind::internal : result.error().kind; }

  DirectoryRepository directory_{database_};
};

TEST_F(DirectoryRepositoryTest, AddsAUserWithEverything) {
  User fred = entry("fred");
  fred.id = must(directory_.add(fred));
  EXPECT_THAT(must(directory_.users()), ElementsAre(fred));
  EXPECT_EQ(kind(directory_.add(entry("fred"))), Error::Kind::conflict);
}

TEST_F(DirectoryRepositoryTest, ChangesAUser) {
  User fred = entry("fred");
  fred.id = must(directory_.add(fred));
  fred.full_name = "Fred Flintstone";
  fred.enabled = fred.administrator = false;
  fred.aliases.clear();
  must(directory_.set(fred));
  EXPECT_THAT(must(directory_.users()), ElementsAre(fred));
  EXPECT_EQ(kind(directory_.set(entry("nobody"))), Error::Kind::not_found);
}

TEST_F(DirectoryRepositoryTest, AMailboxComesBackWithTheNameOfItsUser) {
  const UserId fred = must(directory_.add(entry("fred")));
  must(
      database_.execute("INSERT INTO mapping (address, target) VALUES ('sales', 'Fred'), ('sales', 'kate')"));
  must(directory_.remove("fred", 1));
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_EQ(kind(directory_.remove("fred", 2)), Error::Kind::not_found);
  EXPECT_EQ(kind(directory_.set(entry("fred"))), Error::Kind::not_found);
  EXPECT_EQ(must(directory_.mappings()).size(), 1u) << "the mappings to a deleted user go with it";
  EXPECT_EQ(must(directory_.add(entry("fred"))), fred);
  EXPECT_THAT(names(), ElementsAre("fred"));
}

TEST_F(DirectoryRepositoryTest, DeclaredUsersHaveNumbersAndAreReadOnly) {
  const auto numbers = must(directory_.number_declared({"kate", "albert"}));
  ASSERT_EQ(numbers.size(), 2u);
  EXPECT_NE(numbers[0], numbers[1]);
  EXPECT_THAT(names(), IsEmpty()) << "the configuration has them";
  EXPECT_EQ(must(directory_.number_declared({"albert", "kate"})),
            (std::vector<UserId>{numbers[1], numbers[0]}));
  EXPECT_EQ(kind(directory_.add(entry("kate"))), Error::Kind::conflict);
  EXPECT_EQ(kind(directory_.set(entry("kate"))), Error::Kind::not_found);
  EXPECT_EQ(kind(directory_.remove("kate", 1)), Error::Kind::not_found);
}

TEST_F(DirectoryRepositoryTest, AUserMovesBetweenDatabaseAndConfigurationWithTheMailbox) {
  const UserId fred = must(directory_.add(entry("fred")));
  EXPECT_THAT(must(directory_.number_declared({"fred"})), ElementsAre(fred));
  EXPECT_THAT(names(), IsEmpty());
  must(directory_.number_declared({}));
  EXPECT_THAT(names(), IsEmpty()) << "no longer declared: gone, but the mailbox is kept";
  EXPECT_EQ(must(directory_.add(entry("fred"))), fred);
  EXPECT_THAT(names(), ElementsAre("fred"));
}

TEST_F(DirectoryRepositoryTest, LoadsMappingsInTheirOrder) {
  must(
      database_.execute("INSERT INTO mapping (address, target, type, collector, comments) VALUES"
                        " ('sales', 'fred', 0, '', ''), ('~@example.com', 'kate', 1, 'isp', 'catch-all')"));
  const auto mappings = must(directory_.mappings());
  ASSERT_EQ(mappings.size(), 2u);
  EXPECT_EQ(mappings[0].address, "sales");
  EXPECT_EQ(mappings[1].target, "kate");
  EXPECT_EQ(mappings[1].type, MappingType::pop3);
  EXPECT_EQ(mappings[1].collector, "isp");
  EXPECT_EQ(mappings[1].comments, "catch-all");
  EXPECT_GT(mappings[1].id, mappings[0].id);
}

}  // namespace
}  // namespace stagecoach::storage
