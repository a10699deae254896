// permissions.default_folder_rights: the same words in the file and by command, and no warning any more.
#include <gtest/gtest.h>

#include "conf/entry_text.h"
#include "conf/profile_settings.h"
#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

// USR-150
TEST(FolderRightsSetting, IsFullOrFixed) {
  const struct {
    const char* value;
    bool right;
  } k_cases[] = {{"full", true}, {"fixed", true}, {"Fixed", false}, {"lrswipktea", false}, {"none", false}};
  for (const auto& [value, right] : k_cases) {
    Profile profile;
    const auto done = set_key(profile, "permissions.default_folder_rights", value);
    EXPECT_EQ(static_cast<bool>(done), right) << value;
    if (done) {
      EXPECT_EQ(profile.permissions.default_folder_rights, value);
    }
  }
}

TEST(FolderRightsSetting, WarnsOfNothing) {
  const ReadConfig read =
      read_config_text("[[user]]\nname = \"fred\"\n[user.permissions]\ndefault_folder_rights = \"fixed\"\n",
                       "stagecoach.toml");
  for (const Problem& problem : read.problems)
    EXPECT_EQ(problem.text().find("default_folder_rights"), std::string::npos) << problem.text();
}

}  // namespace
}  // namespace stagecoach::conf
