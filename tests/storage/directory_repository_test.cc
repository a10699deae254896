#include "storage/directory_repository.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Verb = StoredChange::Verb;

StoredUser entry(const std::string& name) {
  StoredUser user;
  user.name = name;
  user.credentials = {"$argon2id$" + name,
                      "SCRAM-SHA-256$4096:" + name,
                      "$argon2id$web" + name,
                      {{"phone", "$argon2id$phone", "", protocol_imap, "2027-01-31"}, {"tablet", "x", "y"}}};
  user.settings = "full_name = \"" + name + "\"\n";
  return user;
}
StoredChange change(Verb verb, StoredUser user) {
  StoredChange change{verb, StoredKind::user};
  change.user = std::move(user);
  return change;
}
StoredChange change(Verb verb, StoredGroup group) {
  StoredChange change{verb, StoredKind::group};
  change.group = std::move(group);
  return change;
}
StoredChange change(Verb verb, StoredList list) {
  StoredChange change{verb, StoredKind::list};
  change.list = std::move(list);
  return change;
}
StoredChange change(Verb verb, Mapping mapping) {
  StoredChange change{verb, StoredKind::mapping};
  change.mapping = std::move(mapping);
  return change;
}
StoredList list(const std::string& name, Members members = {}) {
  StoredList list;
  list.name = name;
  list.settings = "comment = \"" + name + "\"\n";
  list.members = std::move(members);
  return list;
}

class DirectoryRepositoryTest : public StorageTest {
 protected:
  StoredDirectory load(std::int64_t since = 0) { return must(directory_.load(since)); }
  std::vector<std::string> names(std::int64_t since = 0) {
    std::vector<std::string> names;
    for (const StoredUser& user : load(since).users) names.push_back(user.name);
    return names;
  }
  std::int64_t apply(const StoredChange& change) { return must(directory_.apply({change}, 7)).front(); }
  Error::Kind kind(const auto& result) { return result ? Error::Kind::internal : result.error().kind; }

  DirectoryRepository directory_{database_};
};

TEST_F(DirectoryRepositoryTest, AddsAUserWithEverything) {
  const StoredUser fred = entry("fred");
  const UserId id = must(directory_.add(fred));
  const auto users = load().users;
  ASSERT_THAT(users, SizeIs(1));
  EXPECT_EQ(users[0].id, id);
  EXPECT_EQ(users[0].name, "fred");
  EXPECT_EQ(users[0].credentials, fred.credentials);
  EXPECT_EQ(users[0].settings, fred.settings);
  EXPECT_EQ(kind(directory_.add(fred)), Error::Kind::conflict);
}

TEST_F(DirectoryRepositoryTest, ChangesSettingsWithOrWithoutPasswords) {
  StoredUser fred = entry("fred");
  must(directory_.add(fred));
  StoredUser changed = fred;
  changed.settings = "administrator = true\n";
  changed.credentials = {"other", "", "", {}};
  StoredChange settings_only = change(Verb::set, changed);
  settings_only.credentials = false;
  apply(settings_only);
  EXPECT_EQ(load().users[0].settings, changed.settings);
  EXPECT_EQ(load().users[0].credentials, fred.credentials);
  apply(change(Verb::set, changed));
  EXPECT_EQ(load().users[0].credentials, changed.credentials);
  EXPECT_EQ(kind(directory_.apply({change(Verb::set, entry("nobody"))}, 7)), Error::Kind::not_found);
}

TEST_F(DirectoryRepositoryTest, ABatchIsDoneWholeOrNotAtAll) {
  must(directory_.add(entry("fred")));
  const auto refused =
      directory_.apply({change(Verb::add, entry("kate")), change(Verb::remove, entry("fred")),
                        change(Verb::add, entry("kate"))},
                       7);
  EXPECT_EQ(kind(refused), Error::Kind::conflict);
  EXPECT_THAT(refused.error().text(), ::testing::HasSubstr("kate"));
  EXPECT_THAT(names(), ElementsAre("fred"));
  const auto numbers = must(
      directory_.apply({change(Verb::add, entry("kate")), change(Verb::add, list("office", {"kate"}))}, 7));
  EXPECT_THAT(numbers, SizeIs(2));
  EXPECT_THAT(names(), ElementsAre("fred", "kate"));
}

TEST_F(DirectoryRepositoryTest, AMailboxComesBackWithTheNameOfItsUser) {
  const UserId fred = must(directory_.add(entry("fred")));
  apply(change(Verb::add, Mapping{0, "sales", "Fred"}));
  apply(change(Verb::add, Mapping{0, "sales", "kate"}));
  apply(change(Verb::add, list("office", {"Fred", "fred@example.com", "kate"})));
  StoredChange removal = change(Verb::remove, entry("fred"));
  removal.members_removed = {"fred@example.com"};
  const std::int64_t before = load().version;
  apply(removal);
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_EQ(kind(directory_.apply({removal}, 8)), Error::Kind::not_found);
  // USR-209
  const StoredDirectory left = load(before);
  EXPECT_THAT(load().mappings, SizeIs(1)) << "the mappings to a deleted user go with it";
  ASSERT_THAT(left.lists, SizeIs(1)) << "those who read only changes see it too";
  EXPECT_THAT(left.lists[0].members, ElementsAre("kate")) << "and his memberships";
  EXPECT_THAT(left.removed, SizeIs(2));
  StoredUser again = entry("fred");
  again.credentials.app_passwords.clear();
  EXPECT_EQ(must(directory_.add(again)), fred);
  EXPECT_THAT(load().users[0].credentials.app_passwords, IsEmpty());
}

TEST_F(DirectoryRepositoryTest, DeclaredEntriesHaveNumbersAndAreReadOnly) {
  const auto numbers = must(directory_.number_declared({{"kate", "albert"}, {"staff"}, {"office"}}));
  ASSERT_THAT(numbers.users, SizeIs(2));
  EXPECT_NE(numbers.users[0], numbers.users[1]);
  EXPECT_THAT(names(), IsEmpty()) << "the configuration has them";
  EXPECT_THAT(load().groups, IsEmpty());
  const auto again = must(directory_.number_declared({{"albert", "kate"}, {"staff"}, {"office"}}));
  EXPECT_THAT(again.users, ElementsAre(numbers.users[1], numbers.users[0]));
  EXPECT_EQ(again.groups, numbers.groups);
  EXPECT_EQ(again.lists, numbers.lists);
  EXPECT_EQ(kind(directory_.add(entry("kate"))), Error::Kind::conflict);
  for (const StoredChange& refused :
       {change(Verb::set, entry("kate")), change(Verb::remove, entry("kate")),
        change(Verb::set, StoredGroup{{}, "Staff", ""}), change(Verb::remove, StoredGroup{{}, "staff", ""}),
        change(Verb::set, list("office")), change(Verb::remove, list("office"))})
    EXPECT_EQ(kind(directory_.apply({refused}, 1)), Error::Kind::not_found);
}

TEST_F(DirectoryRepositoryTest, AUserMovesBetweenDatabaseAndConfigurationWithTheMailbox) {
  const UserId fred = must(directory_.add(entry("fred")));
  const std::int64_t before = load().version;
  EXPECT_THAT(must(directory_.number_declared({{"fred"}, {}, {}})).users, ElementsAre(fred));
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_THAT(load(before).removed, SizeIs(1));
  must(directory_.number_declared({}));
  EXPECT_THAT(names(), IsEmpty()) << "no longer declared: gone, but the mailbox is kept";
  EXPECT_EQ(must(directory_.add(entry("fred"))), fred);
  EXPECT_THAT(names(), ElementsAre("fred"));
}

TEST_F(DirectoryRepositoryTest, ADeclaredListHasSubscribersInTheDatabase) {
  const ListId office = must(directory_.number_declared({{}, {}, {"office"}})).lists[0];
  StoredChange subscribe{Verb::set, StoredKind::list};
  subscribe.list.name = "Office";
  subscribe.list.declared = true;
  subscribe.members_added = {"ann@remote.example"};
  apply(subscribe);
  const auto lists = load().lists;
  ASSERT_THAT(lists, SizeIs(1));
  EXPECT_EQ(lists[0].id, office);
  EXPECT_TRUE(lists[0].declared);
  EXPECT_THAT(lists[0].members, ElementsAre("ann@remote.example"));
}

TEST_F(DirectoryRepositoryTest, ChangesTheMembersOfAList) {
  apply(change(Verb::add, list("Office", {"fred", "Kate", "KATE", "ann@remote.example"})));
  EXPECT_THAT(load().lists[0].members, SizeIs(3)) << "each once, without regard to case";
  StoredChange some = change(Verb::set, list("office"));
  some.members_added = {"bob@remote.example", "fred"};
  some.members_removed = {"kate", "nobody"};
  apply(some);
  EXPECT_THAT(load().lists[0].members, ElementsAre("ann@remote.example", "bob@remote.example", "fred"));
  some.members_removed.clear();
  some.members_added = {"joe"};
  some.replace_members = true;
  apply(some);
  EXPECT_THAT(load().lists[0].members, ElementsAre("joe"));
  EXPECT_EQ(load().lists[0].name, "Office");
  EXPECT_EQ(load().lists[0].settings, some.list.settings);
}

TEST_F(DirectoryRepositoryTest, LoadsMappingsInTheirOrder) {
  const std::int64_t first = apply(change(Verb::add, Mapping{0, "sales", "fred"}));
  const std::int64_t second =
      apply(change(Verb::add, Mapping{0, "~@example.com", "kate", MappingType::pop3, "isp", "catch-all"}));
  EXPECT_GT(second, first);
  apply(change(Verb::set, Mapping{first, "sales", "albert", MappingType::smtp, "", "moved"}));
  EXPECT_THAT(load().mappings,
              ElementsAre(Mapping{first, "sales", "albert", MappingType::smtp, "", "moved"},
                          Mapping{second, "~@example.com", "kate", MappingType::pop3, "isp", "catch-all"}));
  EXPECT_EQ(kind(directory_.apply({change(Verb::remove, Mapping{999})}, 1)), Error::Kind::not_found);
}

TEST_F(DirectoryRepositoryTest, GivesOnlyWhatHasChangedSince) {
  must(directory_.apply(
      {change(Verb::add, entry("fred")), change(Verb::add, entry("kate")),
       change(Verb::add, StoredGroup{{}, "staff", ""}), change(Verb::add, StoredGroup{{}, "guests", ""}),
       change(Verb::add, list("office")), change(Verb::add, Mapping{0, "sales", "fred"})},
      7));
  const StoredDirectory all = load();
  EXPECT_THAT(load(all.version).users, IsEmpty());
  EXPECT_THAT(load(all.version).removed, IsEmpty());
  EXPECT_EQ(load(all.version).version, all.version);
  must(directory_.apply(
      {change(Verb::set, entry("kate")), change(Verb::set, StoredGroup{{}, "STAFF", "force = true\n"}),
       change(Verb::set, all.mappings[0])},
      8));
  const StoredDirectory news = load(all.version);
  EXPECT_THAT(names(all.version), ElementsAre("kate"));
  ASSERT_THAT(news.groups, SizeIs(1));
  EXPECT_EQ(news.groups[0].settings, "force = true\n");
  EXPECT_THAT(news.lists, IsEmpty());
  EXPECT_THAT(news.mappings, ElementsAre(all.mappings[0]));
  EXPECT_GT(news.version, all.version);
}

TEST_F(DirectoryRepositoryTest, NamesWhatHasGone) {
  must(directory_.apply({change(Verb::add, entry("fred")), change(Verb::add, StoredGroup{{}, "guests", ""}),
                         change(Verb::add, list("office")), change(Verb::add, Mapping{0, "sales", "kate"})},
                        7));
  const StoredDirectory all = load();
  must(directory_.apply(
      {change(Verb::remove, entry("fred")), change(Verb::remove, StoredGroup{{}, "Guests", ""}),
       change(Verb::remove, list("office")), change(Verb::remove, all.mappings[0])},
      8));
  std::vector<std::pair<StoredKind, std::int64_t>> gone;
  for (const Removal& removal : load(all.version).removed) gone.emplace_back(removal.kind, removal.id);
  EXPECT_THAT(gone, ::testing::UnorderedElementsAre(std::pair(StoredKind::user, all.users[0].id.value),
                                                    std::pair(StoredKind::group, all.groups[0].id.value),
                                                    std::pair(StoredKind::list, all.lists[0].id.value),
                                                    std::pair(StoredKind::mapping, all.mappings[0].id)));
}

TEST_F(DirectoryRepositoryTest, UpgradesAPasswordOnlyWhenItIsStillTheSame) {
  const UserId fred = must(directory_.add(entry("fred")));
  const std::int64_t before = load().version;
  EXPECT_TRUE(must(directory_.upgrade_password(fred, "$argon2id$fred", "new", "verifier")));
  EXPECT_FALSE(must(directory_.upgrade_password(fred, "$argon2id$fred", "newer", "verifier")));
  const auto users = load(before).users;
  ASSERT_THAT(users, SizeIs(1));
  EXPECT_EQ(users[0].credentials.password, "new");
  EXPECT_EQ(users[0].credentials.scram, "verifier");
  EXPECT_THAT(users[0].credentials.app_passwords, SizeIs(2));
}

// USR-016
TEST_F(DirectoryRepositoryTest, MeasuresInboxAndWholeMailbox) {
  const UserId fred = user("fred");
  const UserId kate = user("kate");
  MailWriter writer(connect());
  commit_one(writer, message_to(1, {fred, kate}));
  commit_one(writer, message_to(2, {fred}, "Archive"));
  std::vector<MailboxTotals> totals = must(directory_.mailbox_totals());
  std::sort(totals.begin(), totals.end(), [](const auto& a, const auto& b) { return a.user < b.user; });
  ASSERT_THAT(totals, SizeIs(2));
  EXPECT_EQ(totals[0].inbox_messages, 1);
  EXPECT_EQ(totals[0].messages, 2);
  EXPECT_EQ(totals[0].size_bytes,
            small_content("message 1")->size_bytes + small_content("message 2")->size_bytes);
  EXPECT_EQ(totals[1].messages, 1);
}

/// The schema before: migrations up to 0001 only.
class DirectoryMigrationTest : public StorageTest {
 protected:
  DirectoryMigrationTest() : StorageTest(false) {}
};

TEST_F(DirectoryMigrationTest, OldColumnsBecomeSettings) {
  must(migrate(database_, {migrations().begin(), migrations().begin() + 1}));
  must(database_.execute(
      "INSERT INTO mail_user (name, password, full_name, administrator, enabled, aliases) VALUES"
      " ('fred', 'p', 'Fred \"the\" \\ Flintstone', true, false, '{sales,\"odd,\\\"alias\\\"\"}'),"
      " ('kate', 'q', '', false, true, '{}')"));
  must(migrate(database_));
  const auto users = must(DirectoryRepository(database_).load()).users;
  ASSERT_THAT(users, SizeIs(2));
  EXPECT_EQ(users[0].credentials.password, "p");
  EXPECT_EQ(users[0].settings,
            "full_name = \"Fred \\\"the\\\" \\\\ Flintstone\"\nadministrator = true\nenabled = false\n"
            "aliases = [\"sales\",\"odd,\\\"alias\\\"\"]\n");
  EXPECT_EQ(users[1].settings, "");
}

}  // namespace
}  // namespace stagecoach::storage
