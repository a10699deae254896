#include "actors/system_users.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace stagecoach {
namespace {

using ::testing::ElementsAre;

class SystemUsersTest : public ::testing::Test {
 protected:
  SystemUsersTest() : folder_("/tmp/system_users." + std::to_string(::getpid())) {
    std::filesystem::create_directories(folder_);
    sources_.passwd_file = file("passwd",
                                "root:x:0:0:root:/root:/bin/bash\n"
                                "fred:x:1000:1000:Fred F,Room 7,,:/home/fred:/bin/bash\n"
                                "kate:x:1001:100::/home/kate:/bin/sh\n"
                                "visitor:x:1002:1002:A guest:/home/v:/bin/sh\n"
                                "backup1:x:1003:1003::/x:/usr/sbin/nologin\n"
                                "FRED:x:1004:1004:Another:/x:/bin/sh\n"
                                "far:x:70000:100::/x:/bin/sh\n");
    sources_.group_file = file("group", "sudo:x:27:fred\nusers:x:100:fred\nstaff:x:50:visitor,fred\n");
    sources_.login_defs = file("login.defs", "# UID_MIN 1\nUID_MIN\t\t 1000\nUID_MAX 60000\n");
  }
  ~SystemUsersTest() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }
  std::vector<std::string> names(const SystemChoice& choice) const {
    std::vector<std::string> names;
    const auto accounts = system_accounts(sources_, choice);
    if (accounts)
      for (const SystemAccount& account : *accounts) names.push_back(account.name);
    return names;
  }

  std::string folder_;
  SystemSources sources_;
};

// USR-233
TEST_F(SystemUsersTest, ChoosesByNumberGroupAndKind) {
  EXPECT_THAT(names({}), ElementsAre("fred", "kate"));
  EXPECT_THAT(names({"", true}), ElementsAre("fred", "kate", "visitor", "backup1"));
  EXPECT_THAT(names({"users", false}), ElementsAre("fred", "kate")) << "by name and by primary group";
  EXPECT_THAT(names({"staff", true}), ElementsAre("fred", "visitor"));
  EXPECT_EQ(system_accounts(sources_, {"nowhere", false}).error().kind, Error::Kind::not_found);
}

TEST_F(SystemUsersTest, KnowsNamesAndAdministrators) {
  const auto accounts = system_accounts(sources_, {});
  ASSERT_TRUE(accounts);
  EXPECT_EQ(accounts->at(0).full_name, "Fred F");
  EXPECT_TRUE(accounts->at(0).administrator);
  EXPECT_EQ(accounts->at(1).full_name, "");
  EXPECT_FALSE(accounts->at(1).administrator);
}

TEST_F(SystemUsersTest, AFileThatIsNotThereIsAnError) {
  sources_.passwd_file += ".missing";
  EXPECT_EQ(system_accounts(sources_, {}).error().kind, Error::Kind::not_found);
}

}  // namespace
}  // namespace stagecoach
