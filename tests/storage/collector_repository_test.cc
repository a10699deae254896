#include "storage/collector_repository.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CollectorRepositoryTest : public StorageTest {
 protected:
  CollectorRepositoryTest() {
    for (const auto& [uid, digest] : {std::pair{"a", "d1"}, {"b", "d2"}, {"c", "d1"}, {"d", ""}})
      see("isp", uid, digest);
    see("other", "a", "d9");
  }
  void see(const std::string& collector, const std::string& uid, const std::string& digest,
           std::int64_t at = 100) {
    AcceptMessage accept = message_to(++messages_, {});
    accept.collected = CollectedMark{collector, uid, digest, at};
    commit_one(writer_, accept);
  }
  std::vector<std::string> known(const std::string& collector) {
    std::vector<std::string> shown;
    for (const auto& [uid, seen] : must(repository_.seen(collector)))
      shown.push_back(uid + " " + seen.digest + " " + std::to_string(seen.first_seen) + "-" +
                      std::to_string(seen.last_seen));
    std::sort(shown.begin(), shown.end());
    return shown;
  }

  MailWriter writer_{connect()};
  CollectorRepository repository_{database_};
  std::int64_t messages_ = 0;
};

TEST_F(CollectorRepositoryTest, RemembersEachCollectorsMessages) {
  EXPECT_THAT(known("isp"), ElementsAre("a d1 100-100", "b d2 100-100", "c d1 100-100", "d  100-100"));
  EXPECT_THAT(known("other"), ElementsAre("a d9 100-100"));
  EXPECT_THAT(known("unknown"), IsEmpty());
  see("isp", "a", "d7", 300);
  EXPECT_EQ(known("isp").front(), "a d7 100-300");
}

TEST_F(CollectorRepositoryTest, RefreshKeepsWhatIsThereAndForgetsTheRest) {
  must(repository_.refresh("isp", {"a", "d"}, 200, 50));
  EXPECT_THAT(known("isp"), ElementsAre("a d1 100-200", "b d2 100-100", "c d1 100-100", "d  100-200"));
  must(repository_.refresh("isp", {"a"}, 300, 150));
  EXPECT_THAT(known("isp"), ElementsAre("a d1 100-300", "d  100-200"));
  EXPECT_EQ(known("other").size(), 1u);
}

TEST_F(CollectorRepositoryTest, ADeletedMessageIsRememberedByItsDigestOnly) {
  must(repository_.retire("isp", {"a", "c", "d"}));
  EXPECT_THAT(known("isp"), ElementsAre("b d2 100-100", "sha256:d1 d1 100-100"));
  must(repository_.retire("isp", {"sha256:d1"}));
  EXPECT_EQ(known("isp").size(), 2u) << "a digest is not retired";
  see("isp", "a", "d2", 400);
  must(repository_.retire("isp", {"a"}));
  must(repository_.retire("isp", {"b"}));
  EXPECT_THAT(known("isp"), ElementsAre("sha256:d1 d1 100-100", "sha256:d2 d2 100-400"));
}

}  // namespace
}  // namespace stagecoach::storage
