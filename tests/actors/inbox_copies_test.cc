#include "actors/inbox_copies.h"

#include <gmock/gmock.h>

#include "tests/routing/routing_fixture.h"

namespace stagecoach {
namespace {

using routing::user;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// USR-068
TEST(LocalAssistants, AreTheLocalUsersBehindTheTargets) {
  std::int64_t number = 0;
  const auto numbered = [&](User one) {
    one.id = UserId{++number};
    return one;
  };
  routing::DirectoryEntries entries;
  entries.users = {numbered(user("fred")), numbered(user("kate")),
                   numbered(user("bob", [](Profile& profile) { profile.primary_group = "sales"; })),
                   numbered(user("joe", [](Profile& profile) { profile.primary_group = "sales"; }))};
  entries.lists = {routing::list("team", {"fred", "kate", "x@y.example"})};
  Group sales;
  sales.name = "sales";
  entries.groups = {sales};
  const routing::Directory directory(std::move(entries), routing::local_options());
  const struct {
    std::vector<std::string> targets;
    std::vector<std::string> users, left_out;
  } k_cases[] = {
      {{}, {}, {}},
      {{"Kate"}, {"kate"}, {}},
      {{"kate@example.com", "kate", "kate@example.org"}, {"kate"}, {}},
      {{"fred"}, {}, {}},  // nobody is his own assistant
      {{"team"}, {"kate"}, {}},
      {{"team@example.com", "sales"}, {"kate", "bob", "joe"}, {}},
      {{"x@y.example", "kate"}, {"kate"}, {"x@y.example"}},
      {{"team@y.example"}, {}, {"team@y.example"}},
      {{"SMTP:kate@example.com@192.0.2.1"}, {}, {"SMTP:kate@example.com@192.0.2.1"}},
      {{"nobody"}, {}, {"nobody"}},
  };
  for (const auto& [targets, users, left_out] : k_cases) {
    User fred = *directory.find_user("fred");
    Profile profile = *fred.profile;
    profile.routing.assistants = targets;
    fred.profile = std::make_shared<const Profile>(std::move(profile));
    const LocalAssistants found = local_assistants(directory, fred);
    std::vector<std::string> names;
    for (const User* one : found.users) names.push_back(one->name);
    EXPECT_EQ(names, users) << ::testing::PrintToString(targets);
    EXPECT_EQ(found.left_out, left_out) << ::testing::PrintToString(targets);
  }
}

}  // namespace
}  // namespace stagecoach
