// Declared members of groups that do not force their settings.
#include <gtest/gtest.h>

#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

constexpr const char* k_office = R"(
[server]
hostname = "h.example"
data_dir = "d"
[local]
domains = ["example.com"]
[[group]]
name = "office"
send_internet = false
administrator = true
max_outgoing_kb = 10
reply_address = "*@shop.example"
)";

Profile profile_of(const std::string& user, const std::string& more_of_group = "") {
  const ReadConfig read =
      read_config_text(k_office + more_of_group + "\n[[user]]\nname = \"Kate\"\n" + user, "stagecoach.toml");
  return read.config.users.at(0).profile;
}

// GRP-08, REF-041, LST-076
TEST(GroupMembers, StartWithWhatTheGroupSetsAndTheyDoNot) {
  const Profile open = profile_of("primary_group = \"Office\"\n");
  EXPECT_FALSE(open.permissions.send_internet);
  EXPECT_TRUE(open.permissions.receive_internet) << "the group leaves it open";
  EXPECT_TRUE(open.administrator);
  EXPECT_EQ(open.permissions.max_outgoing_kb, 10);
  EXPECT_EQ(open.advanced.reply_address, "Kate@shop.example");

  for (const char* own :
       {"send_internet = true\nadministrator = false\nmax_outgoing_kb = 20\n"
        "advanced.reply_address = \"k@x.example\"\n",
        "administrator = false\n[user.permissions]\nsend_internet = true\nmax_outgoing_kb = 20\n"
        "[user.advanced]\nreply_address = \"k@x.example\"\n"}) {
    const Profile changed = profile_of(std::string("primary_group = \"office\"\n") + own);
    EXPECT_TRUE(changed.permissions.send_internet) << own;
    EXPECT_FALSE(changed.administrator) << own;
    EXPECT_EQ(changed.permissions.max_outgoing_kb, 20) << own;
    EXPECT_EQ(changed.advanced.reply_address, "k@x.example") << own;
  }
}

TEST(GroupMembers, AreOnlyThePrimaryOnes) {
  EXPECT_EQ(profile_of("secondary_groups = \"office\"\n").permissions.max_outgoing_kb, 0);
  EXPECT_EQ(profile_of("primary_group = \"elsewhere\"\n").permissions.max_outgoing_kb, 0);
}

TEST(GroupMembers, OfAGroupThatForcesKeepTheirTextAsItIs) {
  EXPECT_EQ(profile_of("primary_group = \"office\"\n", "force = true\n").permissions.max_outgoing_kb, 0)
      << "the directory puts it on top, so that it goes with the group";
}

}  // namespace
}  // namespace stagecoach::conf
