#include "actors/export_names.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

// USR-204
TEST(ExportNames, AreSafeOnAnySystem) {
  const struct {
    const char *subject, *name;
  } k_subjects[] = {
      {"Lunch on Friday", "0007-Lunch on Friday.eml"},
      {"", "0007.eml"},
      {"../../etc/passwd", "0007-.._.._etc_passwd.eml"},
      {"a\\b:c*d?e\"f<g>h|i", "0007-a_b_c_d_e_f_g_h_i.eml"},
      {"tab\there\x01\x7f", "0007-tab_here__.eml"},
      {"Gr\xC3\xBC\xC3\x9F"
       "e",
       "0007-Gr\xC3\xBC\xC3\x9F"
       "e.eml"},
      {"\xFF\xFE", "0007-__.eml"},
      {"exe\xE2\x80\xAEtxt", "0007-exe_txt.eml"},
      {" ... ", "0007.eml"},
  };
  for (const auto& [subject, name] : k_subjects)
    EXPECT_EQ(message_file_name(7, 12, subject), name) << subject;
  EXPECT_EQ(message_file_name(7, 123456, "x"), "000007-x.eml");
  EXPECT_EQ(message_file_name(1, 1, std::string(59, 'x') + "\xC3\xBC"),
            "0001-" + std::string(59, 'x') + ".eml")
      << "cut between characters";
}

TEST(ExportNames, EachLevelOfAFolderIsSafe) {
  const struct {
    const char *folder, *path;
  } k_folders[] = {
      {"Work/Plans", "Work/Plans"},
      {"../x", "_/x"},
      {".", "_"},
      {"a//b", "a/_/b"},
      {"Work.mbox", "Work.mbox_"},
      {"x.EML/y", "x.EML_/y"},
      {"C:\\temp", "C__temp"},
  };
  for (const auto& [folder, path] : k_folders) EXPECT_EQ(folder_path(folder), path) << folder;
}

TEST(ExportNames, NoPathIsTakenTwice) {
  UniquePaths paths;
  EXPECT_EQ(paths.take("Work"), "Work");
  EXPECT_EQ(paths.take("work"), "work (2)");
  EXPECT_EQ(paths.take("Work"), "Work (3)");
}

}  // namespace
}  // namespace stagecoach
