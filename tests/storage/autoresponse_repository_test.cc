#include "storage/autoresponse_repository.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class AutoresponseTest : public StorageTest {
 protected:
  std::vector<std::string> counts() {
    std::vector<std::string> rows;
    for (const RuleCount& one : must(answers_.matches()))
      rows.push_back(one.user + " " + one.rule + " " + std::to_string(one.matches));
    return rows;
  }

  AutoresponseRepository answers_{database_};
  MailWriter writer_{connect()};
  const UserId fred_ = user("fred"), kate_ = user("kate");
};

// USR-116
TEST_F(AutoresponseTest, MatchesAreCountedWithTheMessage) {
  for (int id = 1; id <= 3; ++id) {
    auto answers = commit(writer_, {{message_to(id, {fred_}), CountMatch{fred_, id < 3 ? "All" : "ALL"}}});
    must(std::move(answers.at(0)));
  }
  commit_one(writer_, CountMatch{kate_, "All"});
  commit_one(writer_, CountMatch{fred_, "Other"});
  EXPECT_THAT(counts(), ::testing::UnorderedElementsAre("fred all 3", "kate all 1", "fred other 1"));
  EXPECT_THAT(must(answers_.matches_of(fred_)), ElementsAre(Pair("all", 3), Pair("other", 1)));
}

TEST_F(AutoresponseTest, AMessageThatIsNotStoredCountsNothing) {
  auto answers = commit(writer_, {{CountMatch{fred_, "All"}, message_to(1, {UserId{4711}})}});
  EXPECT_FALSE(answers.at(0));
  EXPECT_THAT(counts(), IsEmpty());
}

TEST_F(AutoresponseTest, EntriesAreCountedForEachDefinition) {  // USR-250
  for (const char* definition : {"Away", "AWAY", "Info"})
    commit_one(writer_, LogAutoresponse{fred_, definition, "ann@x.example", "All", k_now});
  commit_one(writer_, LogAutoresponse{kate_, "Away", "ann@x.example", "All", k_now});
  EXPECT_THAT(must(answers_.entries_of(fred_)), ElementsAre(Pair("away", 2), Pair("info", 1)));
}

}  // namespace
}  // namespace stagecoach::storage
