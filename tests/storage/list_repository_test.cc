#include "storage/list_repository.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ListRepositoryTest : public StorageTest {
 protected:
  ListRepositoryTest() {
    StoredChange change{StoredChange::Verb::add, StoredKind::list};
    change.list.name = "office";
    change.list.members = {"Ann@remote.example", "bob@remote.example"};
    office_ = ListId{must(directory_.apply({change}, 7)).front()};
  }
  std::vector<std::string> members() { return must(directory_.load()).lists.at(0).members; }

  DirectoryRepository directory_{database_};
  ListRepository lists_{database_};
  ListId office_;
};

TEST_F(ListRepositoryTest, TooManyBouncesInARowSuspendAMember) {
  const std::int64_t before = must(directory_.load()).version;
  EXPECT_FALSE(must(lists_.count_bounce(office_, "ann@remote.example", 2)));
  EXPECT_THAT(must(directory_.load(before)).lists, IsEmpty())
      << "a counted bounce is no change of the directory";
  EXPECT_TRUE(must(lists_.count_bounce(office_, "ANN@remote.example", 2)));
  EXPECT_FALSE(must(lists_.count_bounce(office_, "ann@remote.example", 2))) << "told only once";
  EXPECT_THAT(members(), ElementsAre("bob@remote.example"));
  EXPECT_THAT(must(directory_.load(before)).lists.at(0).suspended, ElementsAre("Ann@remote.example"));
  const auto all = must(lists_.members(office_));
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].bounces, 3);
  EXPECT_EQ(all[0].added_at, 7);
  EXPECT_TRUE(all[0].suspended);
  must(lists_.forgive(office_, "ann@remote.example"));
  EXPECT_THAT(members(), SizeIs(2));
  EXPECT_EQ(must(lists_.members(office_))[0].bounces, 0);
}

TEST_F(ListRepositoryTest, WithoutALimitNobodyIsSuspended) {
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(must(lists_.count_bounce(office_, "bob@remote.example", 0)));
  EXPECT_THAT(members(), SizeIs(2));
}

TEST_F(ListRepositoryTest, ADeclaredMemberIsKnownOnlyByItsBounces) {
  EXPECT_TRUE(must(lists_.count_bounce(office_, "declared@remote.example", 1)));
  EXPECT_THAT(members(), SizeIs(2));
  EXPECT_THAT(must(directory_.load()).lists.at(0).suspended, ElementsAre("declared@remote.example"));
  EXPECT_FALSE(must(lists_.members(office_))[2].listed);
}

TEST_F(ListRepositoryTest, ARequestIsTakenOnce) {
  must(lists_.add_pending({"t1", office_, "joe@remote.example", PendingKind::subscribe, 100}));
  must(lists_.add_pending({"t2", office_, "JOE@remote.example", PendingKind::subscribe, 200}));
  EXPECT_FALSE(must(lists_.take_pending("t1"))) << "the second request took its place";
  const auto pending = must(lists_.take_pending("t2"));
  ASSERT_TRUE(pending);
  EXPECT_EQ(pending->address, "JOE@remote.example");
  EXPECT_EQ(pending->list, office_);
  EXPECT_EQ(pending->kind, PendingKind::subscribe);
  EXPECT_EQ(pending->at, 200);
  EXPECT_FALSE(must(lists_.take_pending("t2")));
}

TEST_F(ListRepositoryTest, OldRequestsAreForgotten) {
  must(lists_.add_pending({"t1", office_, "joe@remote.example", PendingKind::subscribe, 100}));
  must(lists_.add_pending({"t2", office_, "joe@remote.example", PendingKind::unsubscribe, 200}));
  EXPECT_EQ(must(lists_.forget_pending(200)), 1);
  EXPECT_FALSE(must(lists_.take_pending("t1")));
  EXPECT_TRUE(must(lists_.take_pending("t2")));
}

}  // namespace
}  // namespace stagecoach::storage
