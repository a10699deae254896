#include "storage/media_repository.h"

#include <gmock/gmock.h>

#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class MediaTest : public StorageTest {
 protected:
  Result<void> put(const std::string& name, const std::string& bytes, const MediaLimits& limits = {}) {
    return media_.put(fred_, {name, "text/plain", bytes}, k_now, limits);
  }
  std::vector<std::string> listed(UserId user) {
    std::vector<std::string> files;
    for (const MediaFile& file : must(media_.list(user)))
      files.push_back(file.name + " " + std::to_string(file.size_bytes));
    return files;
  }

  MediaRepository media_{database_};
  const UserId fred_ = user("fred"), kate_ = user("kate");
};

TEST_F(MediaTest, KeepsFilesByNameWithoutRegardToCase) {  // USR-129
  const std::string bytes("\0\xff\\x'", 5);
  must(put("Plan.pdf", bytes));
  must(put("a.txt", "1"));
  EXPECT_THAT(listed(fred_), ElementsAre("a.txt 1", "Plan.pdf 5"));
  EXPECT_EQ(must(media_.find(fred_, "plan.PDF"))->bytes, bytes);
  EXPECT_FALSE(must(media_.find(kate_, "plan.pdf"))) << "of another user";
  must(put("PLAN.pdf", "new"));
  EXPECT_THAT(listed(fred_), ElementsAre("a.txt 1", "PLAN.pdf 3"));
  EXPECT_TRUE(must(media_.remove(fred_, "plan.pdf")));
  EXPECT_FALSE(must(media_.remove(fred_, "plan.pdf")));
  EXPECT_THAT(listed(fred_), ElementsAre("a.txt 1"));
}

TEST_F(MediaTest, HasLimits) {
  const MediaLimits limits{.file_bytes_max = 10, .user_bytes_max = 15, .files_max = 3};
  EXPECT_THAT(put("a", std::string(11, 'x'), limits).error().text(), HasSubstr("larger than 10 bytes"));
  must(put("a", std::string(10, 'x'), limits));
  EXPECT_FALSE(put("b", std::string(6, 'x'), limits));
  must(put("b", std::string(5, 'x'), limits));
  must(put("A", std::string(10, 'y'), limits));  // in the place of the old one
  must(media_.put(kate_, {"c", "text/plain", std::string(10, 'x')}, k_now, limits));
  must(put("c", "", limits));
  EXPECT_FALSE(put("d", "", limits));
  EXPECT_THAT(listed(fred_), ElementsAre("A 10", "b 5", "c 0"));
  EXPECT_FALSE(put("e", "x", {.user_bytes_max = 0}));
}

}  // namespace
}  // namespace stagecoach::storage
