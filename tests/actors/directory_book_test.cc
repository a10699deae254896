#include "actors/directory_book.h"

#include <gmock/gmock.h>

#include "tests/actors/directory_book_fixture.h"

namespace stagecoach {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DirectoryBookTest : public BookTest {
 protected:
  template <class T>
  static std::vector<std::string> names(const std::vector<T>& entries) {
    std::vector<std::string> names;
    for (const T& entry : entries) names.push_back(entry.name);
    return names;
  }
  Members members(const char* list) { return *book_.members_of(*book_.list(list)); }
};

TEST_F(DirectoryBookTest, DeclaredEntriesComeFirst) {
  const auto entries = book_.entries();
  EXPECT_THAT(names(entries.users), ElementsAre("Dora", "fred", "kate"));
  EXPECT_EQ(entries.users[0].id, UserId{100});
  EXPECT_EQ(entries.users[2].profile->full_name, "Kate K");
  EXPECT_THAT(names(entries.lists), ElementsAre("staff", "news"));
  EXPECT_THAT(names(entries.groups), ElementsAre("office"));
  EXPECT_THAT(entries.mappings, ElementsAre(Mapping{7, "sales", "fred"}));
  EXPECT_EQ(book_.user("KATE")->id, UserId{2});
  EXPECT_EQ(book_.version(), 10);
}

TEST_F(DirectoryBookTest, NewerRowsTakeThePlaceOfOldOnes) {
  const Profile* fred = book_.user("fred")->profile.get();
  storage::StoredDirectory news;
  news.version = 12;
  news.users = {stored_user(2, "kate", "full_name = \"Kate L\"\n")};
  news.removed = {
      {storage::StoredKind::mapping, 7}, {storage::StoredKind::group, 1}, {storage::StoredKind::list, 1}};
  EXPECT_THAT(book_.take(std::move(news), false), IsEmpty());
  EXPECT_EQ(book_.user("kate")->profile->full_name, "Kate L");
  EXPECT_EQ(book_.user("fred")->profile.get(), fred) << "what has not changed is not read again";
  const auto entries = book_.entries();
  EXPECT_THAT(entries.mappings, IsEmpty());
  EXPECT_THAT(entries.groups, IsEmpty());
  EXPECT_THAT(names(entries.lists), ElementsAre("staff"));
  EXPECT_EQ(book_.version(), 12);
}

TEST_F(DirectoryBookTest, AUserWhoMovesIntoTheConfigurationLeavesTheDatabase) {
  auto more = declared();
  User fred;
  fred.name = "fred";
  fred.where = {"stagecoach.toml", 60};
  more.users.push_back(fred);
  storage::StoredDirectory news;
  news.version = 11;
  news.removed = {{storage::StoredKind::user, 1}};
  book_.take(std::move(news), false);
  book_.declare(more, {{UserId{100}, UserId{1}}, {}, {ListId{200}}});
  EXPECT_THAT(names(book_.entries().users), ElementsAre("Dora", "fred", "kate"));
  EXPECT_EQ(book_.user("fred")->where.line, 60);
}

TEST_F(DirectoryBookTest, UnchangedProfilesOfTheConfigurationStayTheSameObjects) {
  const Profile* dora = book_.user("dora")->profile.get();
  book_.declare(declared(), {{UserId{100}}, {}, {ListId{200}}});
  EXPECT_EQ(book_.user("dora")->profile.get(), dora);
  auto changed = declared();
  Profile profile;
  profile.full_name = "Dora D";
  changed.users[0].profile = std::make_shared<const Profile>(profile);
  book_.declare(changed, {{UserId{100}}, {}, {ListId{200}}});
  EXPECT_EQ(book_.user("dora")->profile->full_name, "Dora D");
}

TEST_F(DirectoryBookTest, SubscribersAndSuspensionsJoinTheDeclaredMembers) {
  EXPECT_THAT(members("staff"), ElementsAre("kate", "joe@remote.example"));
  storage::StoredDirectory news;
  news.version = 11;
  news.lists = {{ListId{200}, "staff", "", {"ann@remote.example", "KATE"}, {"Joe@remote.example"}, true}};
  book_.take(std::move(news), false);
  EXPECT_THAT(members("staff"), ElementsAre("kate", "ann@remote.example"));
  EXPECT_THAT(*book_.entries().lists[0].members, SizeIs(2));
  EXPECT_THAT(*book_.list("staff")->members, SizeIs(2)) << "the declared ones are known by themselves";
}

TEST_F(DirectoryBookTest, SettingsThatCannotBeReadAreNamedAndTheUserStays) {
  storage::StoredDirectory news;
  news.version = 11;
  news.users = {stored_user(1, "fred", "full_name = 5 apples\n")};
  EXPECT_THAT(book_.take(std::move(news), false), ElementsAre(HasSubstr("the user fred")));
  ASSERT_TRUE(book_.user("fred"));
  EXPECT_EQ(book_.user("fred")->profile->full_name, "");
}

// USR-004 LST-003
TEST_F(DirectoryBookTest, ADeclaredNameIsNotThatOfAnotherKindInTheDatabase) {
  auto more = declared();
  User fred;
  fred.name = "fred";
  more.users.push_back(fred);
  EXPECT_TRUE(book_.check_names(more)) << "fred moves into the configuration";
  Group group;
  group.name = "Kate";
  group.where = {"stagecoach.toml", 70};
  more.groups = {group};
  const auto checked = book_.check_names(more);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().text(),
            "the group Kate (stagecoach.toml:70) has the name of the user kate (database)");
}

}  // namespace
}  // namespace stagecoach
