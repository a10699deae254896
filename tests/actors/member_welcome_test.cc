#include "actors/member_welcome.h"

#include <gmock/gmock.h>

#include "tests/routing/routing_fixture.h"

namespace stagecoach {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

EntryChange adding(const std::string& list, std::vector<std::string> members) {
  EntryChange change;
  change.verb = EntryChange::Verb::set;
  change.kind = EntryKind::list;
  change.name = list;
  change.members_added = std::move(members);
  return change;
}

// LST-045
TEST(JoiningMembers, AreTheNewOnesOfMailingLists) {
  routing::DirectoryEntries entries;
  entries.lists = {routing::list("news", {"fred", "ann@remote.example"}, ListType::mailing),
                   routing::list("team", {"fred"})};
  const routing::Directory directory(std::move(entries), routing::local_options());
  ChangeDirectory change;
  change.changes = {adding("NEWS", {"Fred", "kate", "bob@remote.example", "KATE"}), adding("team", {"kate"}),
                    adding("gone", {"kate"})};
  EXPECT_THAT(joining_members(directory, change),
              ElementsAre(JoiningMember{"news", "kate"}, JoiningMember{"news", "bob@remote.example"}));
  EntryChange leaving = adding("news", {});
  leaving.members_removed = {"fred"};
  change.changes = {leaving};
  EXPECT_THAT(joining_members(directory, change), IsEmpty());
}

}  // namespace
}  // namespace stagecoach
