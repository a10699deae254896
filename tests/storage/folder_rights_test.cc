#include "storage/folder_rights.h"

#include <gmock/gmock.h>

#include "storage/mailbox_repository.h"
#include "storage/mailbox_usage_repository.h"
#include "tests/storage/storage_fixture.h"

namespace stagecoach::storage {
namespace {

using ::testing::ElementsAre;

class FolderRightsTest : public StorageTest {
 protected:
  void SetUp() override {
    must(folders_.folders(fred_, k_now));
    for (const char* name : {"Work", "Work/Plans", "Workshop"}) must(folders_.create(fred_, name, "", k_now));
    must(rights_.set_fixed(fred_, {"INBOX", "Work/Plans"}, true));
  }
  std::vector<std::string> fixed() {
    std::vector<std::string> names;
    for (const FolderSize& folder : must(MailboxUsageRepository(database_).folders(fred_)))
      if (folder.fixed) names.push_back(folder.name);
    return names;
  }
  bool deletes(const char* name) { return must(rights_.remove_as_owner(fred_, name, 0)); }
  bool renames(const char* from, const char* to) {
    return must(rights_.rename_as_owner(fred_, from, to, k_now));
  }

  MailboxRepository folders_{database_};
  FolderRightsRepository rights_{database_};
  const UserId fred_ = user("fred");
};

// USR-208
TEST_F(FolderRightsTest, TheOwnerLeavesAFixedFolderInItsPlace) {
  EXPECT_FALSE(renames("INBOX", "Old"));
  EXPECT_FALSE(renames("Work/Plans", "Plans"));
  EXPECT_FALSE(renames("Work", "Job")) << "it would move Work/Plans";
  EXPECT_TRUE(renames("Workshop", "Shop"));
  EXPECT_FALSE(deletes("Work/Plans"));
  EXPECT_TRUE(deletes("Work")) << "Work/Plans stays where it is";
  EXPECT_THAT(fixed(), ElementsAre("INBOX", "Work/Plans"));
}

TEST_F(FolderRightsTest, FullRightsComeBackAndUnknownFoldersChangeNothing) {
  EXPECT_EQ(rights_.set_fixed(fred_, {"Work/Plans", "Nowhere"}, false).error().kind, Error::Kind::not_found);
  EXPECT_THAT(fixed(), ElementsAre("INBOX", "Work/Plans"));
  must(rights_.set_fixed(fred_, {"Work/Plans"}, false));
  EXPECT_TRUE(renames("Work", "Job"));
}

TEST_F(FolderRightsTest, AdministratorsAreNotAsked) {
  must(folders_.rename(fred_, "Work", "Job", k_now));
  EXPECT_THAT(fixed(), ElementsAre("INBOX", "Job/Plans"));
  must(folders_.remove(fred_, "Job/Plans", 0));
}

}  // namespace
}  // namespace stagecoach::storage
