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

TEST(Difference, NamesTheSettingsInsideAUser) {
  const char* before = R"([[user]]
name = "fred"
[[user.message_rules]]
name = "a"
[[user.message_rules]]
name = "b"
)";
  const char* after = R"([[user]]
name = "fred"
comments = "x"
[user.permissions]
receive_internet = false
[user.routing]
forward_to = ["kate", "SMTP:a@b.example@u:topsecret@host"]
size_ge.kb = 5
[user.address_book]
cn = "F"
[[user.message_rules]]
name = "b"
enabled = false
[[user.message_rules]]
name = "c"
)";
  EXPECT_THAT(
      changes(before, after),
      testing::UnorderedElementsAre(
          "user fred: comments \"\" -> \"x\" (stagecoach.toml:1)",
          "user fred: receive_internet true -> false (stagecoach.toml:1)",
          "user fred: routing.forward_to +SMTP:a@b.example@u:***@host, +kate (stagecoach.toml:1)",
          "user fred: routing.size_ge.kb 0 -> 5 (stagecoach.toml:1)",
          "user fred: address_book {} -> { cn = \"F\" } (stagecoach.toml:1)",
          "user fred: message_rules a is removed (was stagecoach.toml:3) (stagecoach.toml:1)",
          "user fred: message_rules b: enabled true -> false (stagecoach.toml:11) (stagecoach.toml:1)",
          "user fred: message_rules c is added (stagecoach.toml:14) (stagecoach.toml:1)"));
  const std::string other_order =
      "[[user]]\nname = \"fred\"\nmessage_rules = [{name = \"b\"}, {name = \"a\"}]";
  EXPECT_THAT(changes(before, other_order.c_str()),
              ElementsAre("user fred: message_rules in another order (stagecoach.toml:1)"));
}

TEST(Difference, NamesFewMembersAndCountsMany) {
  EXPECT_THAT(changes("[[list]]\nname = \"l\"\nmembers = [\"a\", \"b\"]",
                      "[[list]]\nname = \"l\"\nmembers = [\"b\", \"c\"]"),
              ElementsAre("list l: members +c, -a (stagecoach.toml:1)"));
  EXPECT_THAT(
      changes("[[list]]\nname = \"l\"\nmembers = \"a;b;c;d;e;f\"", "[[list]]\nname = \"l\"\nmembers = \"x\""),
      ElementsAre("list l: members +1, -6 (stagecoach.toml:1)"));
  EXPECT_THAT(
      changes("", "[[list]]\nname = \"l\"\nmembers = \"a;b\"\n[[group]]\nname = \"g\""),
      ElementsAre("list l, 2 members is added (stagecoach.toml:1)", "group g is added (stagecoach.toml:4)"));
}

TEST(Difference, ShowsTheGlobalSections) {
  EXPECT_THAT(
      changes("",
              "[monitor]\ntarget = \"boss\"\n[[domain_mapping]]\nfrom = \"a\"\nto = \"b\"\n"
              "[messages]\nwelcome_message = \"hi\"\n[signature.internal]\nauth_plain = \"s\""),
      testing::UnorderedElementsAre("monitor: target \"\" -> \"boss\"", "domain_mapping a -> b is added",
                                    "messages.welcome_message: \"\" -> \"hi\"",
                                    "signature.internal: auth_plain \"\" -> \"s\""));
}

}  // namespace
}  // namespace stagecoach::conf
