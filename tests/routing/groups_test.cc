// What a primary group means for its members, through the whole pipeline; lists_test.cc has how groups are
// written to.
#include "routing/groups.h"

#include "tests/routing/routing_fixture.h"

namespace stagecoach::routing {
namespace {

Directory office(const Group& sales, Profile kate = {}) {
  kate.primary_group = "sales";
  DirectoryEntries entries;
  entries.users = {user("fred"), user("kate", kate),
                   user("boss", [](Profile& profile) { profile.secondary_groups = {"sales"}; })};
  entries.groups = {sales};
  return Directory(std::move(entries), local_options());
}

Group forcing(auto edit) {
  Group group;
  group.name = "sales";
  group.force = true;
  edit(group);
  return group;
}

struct MailCase {
  const char* name;
  Group group;
  Trip trip;
  const char* outcome;
};

const MailCase k_mail[] = {
    // GRP-11, REF-043, LST-078
    {"a member may not send outside",
     forcing([](Group& group) { group.send_internet = false; }),
     {"kate", {"x@y.example"}},
     "550/5.7.1:x@y.example"},
    {"to colleagues she may",
     forcing([](Group& group) { group.send_internet = false; }),
     {"kate", {"fred@example.com"}},
     "fred"},
    {"others may",
     forcing([](Group& group) { group.send_internet = false; }),
     {"fred", {"x@y.example"}},
     ">x@y.example"},
    // REF-046: a secondary group overrides nothing
    {"secondary members may",
     forcing([](Group& group) { group.send_internet = false; }),
     {"boss", {"x@y.example"}},
     ">x@y.example"},
    // GRP-12, REF-042, LST-079
    {"external mail for a member is for nobody",
     forcing([](Group& group) { group.receive_internet = false; }),
     {"stranger", {"kate@example.com"}},
     "550/5.1.1:kate@example.com"},
    {"as it is for an unknown name",
     forcing([](Group& group) { group.receive_internet = false; }),
     {"stranger", {"nobody@example.com"}},
     "550/5.1.1:nobody@example.com"},
    {"colleagues reach her",
     forcing([](Group& group) { group.receive_internet = false; }),
     {"fred", {"kate@example.com"}},
     "kate"},
    {"secondary members get it",
     forcing([](Group& group) { group.receive_internet = false; }),
     {"stranger", {"boss@example.com"}},
     "boss"},
    // REF-047
    {"the group's address is for local senders",
     forcing([](Group&) {}),
     {"stranger", {"sales@example.com"}},
     "550/5.1.1:sales@example.com"},
    {"who reach all members", forcing([](Group&) {}), {"fred", {"sales@example.com"}}, "kate boss"},
    // REF-044
    {"outgoing mail of a member has a limit",
     forcing([](Group& group) { group.max_outgoing_kb = 10; }),
     {.who = "kate", .to = {"x@y.example"}, .size_bytes = 20 * 1024},
     "552/5.3.4:x@y.example"},
    {"internal mail has none",
     forcing([](Group& group) { group.max_outgoing_kb = 10; }),
     {.who = "kate", .to = {"fred@example.com"}, .size_bytes = 20 * 1024},
     "fred"},
    {"0 is no limit",
     forcing([](Group& group) { group.max_outgoing_kb = 0; }),
     {.who = "kate", .to = {"x@y.example"}, .size_bytes = 20 * 1024},
     ">x@y.example"},
};

TEST(GroupMembers, SendAndReceiveWhatTheGroupAllows) {
  for (const MailCase& one : k_mail)
    EXPECT_EQ(outcome(route(office(one.group), one.trip)), one.outcome) << one.name;
}

// REF-040: on, off, or the user's own; GRP-08: without `force` the group changes nobody who is there
TEST(GroupMembers, KeepTheirOwnValuesWhereTheGroupSaysNothing) {
  Profile own;
  own.permissions.monitor = true;
  own.permissions.in_everyone = false;
  for (const std::optional<bool> value : {std::optional<bool>(true), std::optional<bool>(false), {}}) {
    Group group = forcing([&](Group& group) {
      group.in_everyone = group.send_internet = group.receive_internet = value;
      group.monitor = group.administrator = value;
    });
    for (const bool force : {true, false}) {
      group.force = force;
      const Directory directory = office(group, own);
      const Profile& kate = *directory.find_user("kate")->profile;
      const auto expected = [&](bool his) { return force ? value.value_or(his) : his; };
      EXPECT_EQ(kate.permissions.in_everyone, expected(false));
      EXPECT_EQ(kate.permissions.send_internet, expected(true));
      EXPECT_EQ(kate.permissions.receive_internet, expected(true));
      EXPECT_EQ(kate.permissions.monitor, expected(true));
      EXPECT_EQ(kate.administrator, expected(false));
    }
  }
}

// REF-045
TEST(GroupMembers, HaveTheReplyAddressOfTheGroup) {
  const auto address = [](const char* of_group) {
    const Group group = forcing([&](Group& group) { group.reply_address = of_group; });
    Profile own;
    own.advanced.reply_address = "kate@own.example";
    return with_group(own, group, "kate").advanced.reply_address;
  };
  EXPECT_EQ(address("*@shop.example"), "kate@shop.example");
  EXPECT_EQ(address("shop@shop.example"), "shop@shop.example");
  EXPECT_EQ(address(""), "kate@own.example");
}

// GRP-08
TEST(WithGroupWhereOpen, LeavesWhatTheUserHasSetHimself) {
  const Group group = forcing([](Group& group) {
    group.in_everyone = group.send_internet = group.receive_internet = false;
    group.monitor = group.administrator = true;
    group.max_outgoing_kb = 10;
    group.reply_address = "*@shop.example";
  });
  Profile own;
  own.permissions.max_outgoing_kb = 50;
  const Profile open = with_group_where_open(own, group, "kate", [](std::string_view) { return false; });
  EXPECT_EQ(open, with_group(own, group, "kate"));
  const Profile closed = with_group_where_open(own, group, "kate", [](std::string_view) { return true; });
  EXPECT_EQ(closed, own);
  const Profile mixed = with_group_where_open(own, group, "kate", [](std::string_view key) {
    return key == "permissions.max_outgoing_kb" || key == "administrator";
  });
  EXPECT_EQ(mixed.permissions.max_outgoing_kb, 50);
  EXPECT_FALSE(mixed.administrator);
  EXPECT_FALSE(mixed.permissions.send_internet);
  EXPECT_EQ(mixed.advanced.reply_address, "kate@shop.example");
}

}  // namespace
}  // namespace stagecoach::routing
