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
    return must(rights_.rename_as_owner(fred_, from, to, k_now, false));
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

// USR-150
TEST_F(FolderRightsTest, NewFoldersAreFixedWithThoseThatHadToBeMadeAboveThem) {
  must(rights_.create_as_owner(fred_, "Work/Own", "", k_now, false));
  EXPECT_THAT(fixed(), ElementsAre("INBOX", "Work/Plans"));
  must(rights_.create_as_owner(fred_, "Work/A/B", "", k_now, true));
  EXPECT_THAT(fixed(), ElementsAre("INBOX", "Work/A", "Work/A/B", "Work/Plans")) << "Work was there before";
  must(rights_.create_as_owner(fred_, "Alone", "\\Archive", k_now, true));
  EXPECT_FALSE(deletes("Alone"));
  EXPECT_TRUE(deletes("Work/Own"));
}

// USR-150
TEST_F(FolderRightsTest, ARenamedFolderKeepsItsRightsAndNewOnesAboveItAreFixed) {
  EXPECT_TRUE(must(rights_.rename_as_owner(fred_, "Workshop", "Work/X/Shop", k_now, true)));
  EXPECT_THAT(fixed(), ElementsAre("INBOX", "Work/Plans", "Work/X")) << "Work was there before";
  EXPECT_TRUE(deletes("Work/X/Shop"));
  must(rights_.set_fixed(fred_, {"INBOX"}, false));
  EXPECT_TRUE(must(rights_.rename_as_owner(fred_, "INBOX", "Old", k_now, true)));
  EXPECT_THAT(fixed(), ElementsAre("Old", "Work/Plans", "Work/X")) << "it took the messages of INBOX";
}

TEST_F(FolderRightsTest, AFolderThatExistsKeepsItsRights) {
  EXPECT_EQ(rights_.create_as_owner(fred_, "Workshop", "", k_now, true).error().kind, Error::Kind::conflict);
  EXPECT_TRUE(deletes("Workshop"));
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

// USR-150
TEST_F(FolderRightsTest, FoldersThatMailMakesHaveTheDefaultRights) {
  must(rights_.ensure(fred_, "Desk/Tickets", k_now, true));
  must(rights_.ensure(fred_, "Desk/Open", k_now, false));
  must(rights_.ensure(fred_, "Work", k_now, true));
  EXPECT_THAT(fixed(), ElementsAre("Desk", "Desk/Tickets", "INBOX", "Work/Plans"));
}

TEST_F(FolderRightsTest, WhatAMailboxBeginsWithStaysAsItIs) {  // USR-150
  const UserId kate = user("kate");
  must(rights_.ensure(kate, "Tickets", k_now, true));
  std::vector<std::string> names;
  for (const FolderSize& folder : must(MailboxUsageRepository(database_).folders(kate)))
    if (folder.fixed) names.push_back(folder.name);
  EXPECT_THAT(names, ElementsAre("Tickets"));
}

}  // namespace
}  // namespace stagecoach::storage
