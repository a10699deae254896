#include "conf/difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> changes(const char* before, const char* after) {
  return describe_changes(read_config_text(before).config, read_config_text(after).config);
}

TEST(Difference, SaysWhatIsAddedRemovedAndChanged) {
  EXPECT_THAT(changes("", "[[user]]\nname = \"fred\""),
              ElementsAre("user fred is added (stagecoach.toml:1)"));
  EXPECT_THAT(changes("[[user]]\nname = \"fred\"", ""),
              ElementsAre("user fred is removed (was stagecoach.toml:1)"));
  EXPECT_THAT(changes("[[mapping]]\naddress = \"sales\"\ntarget = \"albert\"",
                      "\n[[mapping]]\naddress = \"sales\"\ntarget = \"kate\""),
              ElementsAre("mapping sales: target \"albert\" -> \"kate\" (stagecoach.toml:2)"));
  EXPECT_THAT(changes("[server]\nhostname = \"a.example\"", "[server]\nhostname = \"b.example\""),
              ElementsAre("server: hostname \"a.example\" -> \"b.example\""));
  EXPECT_THAT(changes("[[service]]\nname = \"mx\"\nlisten = \"*:25\"",
                      "[[service]]\nname = \"mx\"\nlisten = [\"*:25\", \"*:26\"]"),
              ElementsAre("service mx: listen [\"*:25\"] -> [\"*:25\", \"*:26\"] (stagecoach.toml:1)"));
}

TEST(Difference, SaysNothingOfAnEntryThatOnlyMoved) {
  EXPECT_THAT(changes("[[user]]\nname = \"fred\"", "\n\n\n[[user]]\nname = \"fred\""), IsEmpty());
}

TEST(Difference, TakesOneOfSeveralMappingsAway) {
  EXPECT_THAT(
      changes("[[mapping]]\naddress = \"a\"\ntarget = \"x\"\n[[mapping]]\naddress = \"a\"\ntarget = \"y\"",
              "[[mapping]]\naddress = \"a\"\ntarget = \"y\""),
      ElementsAre("mapping a -> x is removed (was stagecoach.toml:1)"));
}

TEST(Difference, MasksSecrets) {
  EXPECT_THAT(changes("[[user]]\nname = \"fred\"\npassword = \"{plain}a\"",
                      "[[user]]\nname = \"fred\"\npassword = \"{plain}b\""),
              ElementsAre("user fred: password is another one (stagecoach.toml:1)"));
  EXPECT_THAT(changes("[[user]]\nname = \"fred\"", "[[user]]\nname = \"fred\"\npassword = \"{plain}b\""),
              ElementsAre("user fred: password \"\" -> \"***\" (stagecoach.toml:1)"));
}

}  // namespace
}  // namespace stagecoach::conf
