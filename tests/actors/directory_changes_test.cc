#include "actors/directory_changes.h"

#include <gmock/gmock.h>

#include "tests/actors/directory_book_fixture.h"

namespace stagecoach {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Verb = EntryChange::Verb;

EntryChange change(Verb verb, EntryKind kind, const std::string& name,
                   std::vector<EntrySetting> settings = {}) {
  EntryChange change;
  change.verb = verb;
  change.kind = kind;
  change.name = name;
  change.settings = std::move(settings);
  return change;
}
EntryChange new_user(const std::string& name, std::vector<EntrySetting> settings = {}) {
  EntryChange user = change(Verb::add, EntryKind::user, name, std::move(settings));
  user.password = "long-enough";
  return user;
}
EntryChange set_user(const std::string& name, std::vector<EntrySetting> settings) {
  return change(Verb::set, EntryKind::user, name, std::move(settings));
}
EntryChange new_mapping(const std::string& address, const std::string& target) {
  return change(Verb::add, EntryKind::mapping, "", {{"address", address}, {"target", target}});
}

class DirectoryChangesTest : public BookTest {
 protected:
  ChangePlan plan(std::vector<EntryChange> changes, const std::string& by = "") {
    ChangeDirectory request;
    request.changes = std::move(changes);
    request.by = by;
    return plan_changes(book_, request, rules_);
  }
  /// The reason why one change is refused; "done": it is not.
  std::string fault(EntryChange one, const std::string& by = "") {
    const ChangePlan made = plan({std::move(one)}, by);
    return made.faults.empty() ? "done" : made.faults.front().reason;
  }
  Profile profile_of(const PlannedChange& planned) {
    return conf::parse_entry<Profile>(planned.stored.user.settings).value_or(Profile{});
  }
  void give(const char* group_settings) {
    storage::StoredDirectory news;
    news.version = 20;
    news.groups = {{GroupId{1}, "office", group_settings}};
    ASSERT_THAT(book_.take(std::move(news), false), IsEmpty());
  }

  ChangeRules rules_{0, 8, {"example.com", "*@wild.example"}, {"isp"}};
};

TEST_F(DirectoryChangesTest, RefusesWhatIsWrong) {
  EntryChange no_password = new_user("bob");
  no_password.password.clear();
  EntryChange short_password = new_user("bob");
  short_password.password = "short";
  EntryChange blank = new_user("bob");
  blank.password = "with a space";
  EntryChange from_nobody = new_user("bob");
  from_nobody.copy_from = "nobody";
  const struct {
    EntryChange change;
    const char* reason;  // a part of it
  } k_cases[] = {
      {new_user("bob"), "done"},
      {new_user("FRED"), "the user \"fred\" exists already"},                             // USR-003
      {new_user("news"), "the list \"news\" exists already"},                             // USR-004
      {new_user("Office"), "the group \"office\" exists already"},                        // USR-004
      {new_user("no-one"), "built-in name"},                                              // USR-004
      {new_user("bob smith"), "is no name"},                                              // USR-005
      {change(Verb::add, EntryKind::list, "fred"), "the user \"fred\" exists already"},   // LST-003
      {change(Verb::add, EntryKind::group, "news"), "the list \"news\" exists already"},  // LST-072 REF-038
      {no_password, "needs a password"},
      {short_password, "at least 8"},  // USR-034
      {blank, "no spaces"},            // USR-035
      {from_nobody, "no user \"nobody\" to copy"},
      {set_user("nobody", {{"full_name", "x"}}), "no user \"nobody\""},
      {set_user("fred", {{"full_nam", "x"}}), "full_name"},
      {set_user("fred", {{"name", "freddy"}}), "cannot be renamed"},  // USR-006
      {set_user("fred", {{"primary_group", "nowhere"}}), "no group \"nowhere\""},
      {set_user("fred", {{"secondary_groups", "nowhere"}}), "no group \"nowhere\""},
      {set_user("fred", {{"comments", std::string(81, 'x')}}), "comments"},  // USR-036
      {set_user("fred", {{"aliases", "a b"}}), "a b"},
      {set_user("fred", {{"routing.forward_to", "Fred"}}), "sent on to fred"},
      {set_user("fred", {{"routing.forward_to", "kate"},
                         {"routing.assistants", "dora"},
                         {"routing.redirect_to_assistant", "on"}}),
       "redirect_to_assistant"},  // USR-071
      {set_user("dora", {{"full_name", "x"}}), "declared in stagecoach.toml:41"},
      {change(Verb::remove, EntryKind::user, "Dora"), "declared in stagecoach.toml:41"},
      {new_mapping("info", "nobody"), "neither a user nor a list nor a group"},
      {new_mapping("info", "x@y.example"), "neither a user nor a list nor a group"},
      {new_mapping("info", "news"), "done"},
      {new_mapping("info", "Everyone"), "done"},
      {new_mapping("info", "*REMOTE"), "done"},
      {new_mapping("in fo", "fred"), "no address"},
      {change(Verb::add, EntryKind::mapping, "",
              {{"address", "a"}, {"target", "fred"}, {"collector", "ISP"}}),
       "done"},
      {change(Verb::add, EntryKind::mapping, "", {{"address", "a"}, {"target", "fred"}, {"collector", "x"}}),
       "no collector \"x\""},
      {change(Verb::remove, EntryKind::mapping, "8"), "no mapping 8"},
      {change(Verb::set, EntryKind::list, "news", {{"type", "forwarding"}}), "exactly one"},
      {change(Verb::set, EntryKind::list, "staff", {{"comment", "x"}}), "declared in stagecoach.toml:50"},
      {change(Verb::remove, EntryKind::list, "staff"), "declared in stagecoach.toml:50"},
      {change(Verb::set, EntryKind::list, "news", {{"type", "mailing"}, {"digest_of", "news"}}),
       "other list \"news\""},
  };
  for (const auto& [one, reason] : k_cases)
    EXPECT_THAT(fault(one), HasSubstr(reason))
        << one.name << (one.settings.empty() ? "" : " " + one.settings[0].key);
}

TEST_F(DirectoryChangesTest, AddsAUserWithItsSettings) {
  EntryChange bob = new_user("Bob", {{"full_name", "Bob B"}, {"permissions.pop3", "off"}});
  bob.web_password = "web-secret";
  const ChangePlan made = plan({bob});
  ASSERT_THAT(made.changes, SizeIs(1));
  EXPECT_EQ(made.accepted, 1);
  EXPECT_EQ(made.changes[0].stored.user.name, "bob");
  EXPECT_EQ(made.changes[0].password, "long-enough");
  EXPECT_EQ(made.changes[0].web_password, "web-secret");
  const Profile profile = profile_of(made.changes[0]);
  EXPECT_EQ(profile.full_name, "Bob B");
  EXPECT_FALSE(profile.permissions.pop3);
}

// USR-009 REF-001
TEST_F(DirectoryChangesTest, TheNumberOfUsersMayBeLimited) {
  rules_.users_max = 4;
  const ChangePlan made =
      plan({new_user("bob"), new_user("bill"), change(Verb::remove, EntryKind::user, "fred"), new_user("ben"),
            change(Verb::add, EntryKind::list, "free")});
  ASSERT_THAT(made.faults, SizeIs(1));
  EXPECT_EQ(made.faults[0].index, 1);
  EXPECT_THAT(made.faults[0].reason, HasSubstr("limits.users_max"));
  EXPECT_EQ(made.accepted, 4);
}

// USR-037
TEST_F(DirectoryChangesTest, ANewUserMayStartWithTheSettingsOfAnother) {
  EntryChange bob = new_user("bob", {{"full_name", "Bob B"}});
  bob.copy_from = "Kate";
  const Profile profile = profile_of(plan({bob}).changes.at(0));
  EXPECT_TRUE(profile.administrator);
  EXPECT_EQ(profile.full_name, "Bob B");
}

// USR-042 USR-043
TEST_F(DirectoryChangesTest, AdministratorsKeepTheirOwnRightsAndOneIsLeft) {
  const EntryChange demote = set_user("kate", {{"administrator", "off"}});
  const EntryChange removal = change(Verb::remove, EntryKind::user, "kate");
  EXPECT_THAT(fault(demote), HasSubstr("only administrator"));
  EXPECT_THAT(fault(removal), HasSubstr("only administrator"));
  EXPECT_THAT(fault(demote, "Kate"), HasSubstr("from yourself"));
  EXPECT_THAT(fault(removal, "Kate"), HasSubstr("delete yourself"));
  EXPECT_THAT(fault(change(Verb::remove, EntryKind::user, "fred"), "fred"), HasSubstr("delete yourself"));
  const EntryChange promote = set_user("fred", {{"administrator", "on"}});
  EXPECT_THAT(plan({promote, demote}).faults, IsEmpty());
  EXPECT_THAT(plan({promote, removal}).faults, IsEmpty());
  EXPECT_THAT(plan({removal, promote}).faults, SizeIs(1)) << "the order counts";
  EXPECT_THAT(plan({promote, demote}, "kate").faults, SizeIs(1));
}

// LST-076 GRP-08 REF-041
TEST_F(DirectoryChangesTest, WhoJoinsAGroupStartsWithItsSettings) {
  give("send_internet = false\nmax_outgoing_kb = 500\nreply_address = \"*@office.example\"\n");
  const Profile joined = profile_of(plan({set_user("kate", {{"primary_group", "office"}})}).changes.at(0));
  EXPECT_FALSE(joined.permissions.send_internet);
  EXPECT_EQ(joined.permissions.max_outgoing_kb, 500);
  EXPECT_EQ(joined.advanced.reply_address, "kate@office.example");
  EXPECT_TRUE(joined.permissions.receive_internet) << "what the group leaves open stays";
  const Profile own =
      profile_of(plan({new_user("bob", {{"permissions.send_internet", "on"}, {"primary_group", "office"}})})
                     .changes.at(0));
  EXPECT_TRUE(own.permissions.send_internet) << "what is set besides wins";
  const ChangePlan changed =
      plan({set_user("kate", {{"primary_group", "office"}}),
            set_user("kate", {{"permissions.send_internet", "on"}}), set_user("kate", {{"full_name", "K"}})});
  EXPECT_THAT(changed.faults, IsEmpty());
  EXPECT_TRUE(profile_of(changed.changes.at(1)).permissions.send_internet) << "and can be changed later";
  EXPECT_TRUE(profile_of(changed.changes.at(2)).permissions.send_internet) << "once means once";
  const Profile member = profile_of(plan({set_user("fred", {{"full_name", "F"}})}).changes.at(0));
  EXPECT_TRUE(member.permissions.send_internet) << "who is in it already keeps his own";
}

// LST-075
TEST_F(DirectoryChangesTest, WhatAGroupForcesCannotBeSetForOneUser) {
  give("force = true\nsend_internet = false\n");
  EXPECT_THAT(fault(set_user("fred", {{"permissions.send_internet", "off"}})), HasSubstr("group \"office\""));
  EXPECT_EQ(fault(set_user("fred", {{"permissions.receive_internet", "off"}})), "done");
  EXPECT_EQ(fault(set_user("kate", {{"permissions.send_internet", "off"}})), "done");
  EXPECT_EQ(fault(set_user("fred", {{"primary_group", ""}, {"permissions.send_internet", "off"}})), "done");
}

// USR-209
TEST_F(DirectoryChangesTest, ADeletedUserTakesMappingsAndMembershipsAlong) {
  const ChangePlan made =
      plan({change(Verb::remove, EntryKind::user, "Fred"), change(Verb::remove, EntryKind::mapping, "7")});
  ASSERT_THAT(made.changes, SizeIs(1));
  EXPECT_EQ(made.changes[0].stored.user.name, "fred");
  EXPECT_THAT(made.changes[0].stored.members_removed, ElementsAre("fred@example.com"));
  EXPECT_THAT(made.faults, SizeIs(1)) << "the mapping has gone with him";
}

TEST_F(DirectoryChangesTest, ADeletedGroupLeavesItsUsers) {
  const ChangePlan made = plan({change(Verb::remove, EntryKind::group, "OFFICE")});
  ASSERT_THAT(made.changes, SizeIs(2));
  EXPECT_EQ(made.changes[0].stored.user.name, "fred");
  EXPECT_FALSE(made.changes[0].stored.credentials);
  EXPECT_EQ(profile_of(made.changes[0]).primary_group, "");
  EXPECT_EQ(made.changes[1].stored.group.name, "office");
}

// USR-244
TEST_F(DirectoryChangesTest, AddsAndRemovesSingleAddresses) {
  EXPECT_EQ(profile_of(plan({set_user("fred", {{"routing.forward_to", "+boss@x.example"},
                                               {"routing.forward_to", "+Boss@x.example"},
                                               {"routing.forward_to", "-nobody@x.example"},
                                               {"routing.forward_to", "+kate"}})})
                           .changes.at(0))
                .routing.forward_to,
            (std::vector<std::string>{"boss@x.example", "kate"}));
}

TEST_F(DirectoryChangesTest, ImportedPasswordsKeepTheirForm) {
  EntryChange bob = new_user("bob");
  bob.password.clear();
  bob.password_hash = "{ssha}LhKrkM9Fy+zlstjdD7Kv2s6QvhBzYWx0";
  const ChangePlan made = plan({bob});
  ASSERT_THAT(made.changes, SizeIs(1));
  EXPECT_EQ(made.changes[0].stored.user.credentials.password, "{SSHA}LhKrkM9Fy+zlstjdD7Kv2s6QvhBzYWx0");
  EXPECT_EQ(made.changes[0].password, "");
  bob.password_hash = "{PLAIN}x";
  const ChangePlan readable = plan({bob});
  EXPECT_EQ(readable.changes.at(0).stored.user.credentials.password, "") << "nothing readable is stored";
  EXPECT_EQ(readable.changes.at(0).password, "x");
  bob.password_hash = "plain text";
  EXPECT_THAT(fault(bob), HasSubstr("no form"));
}

TEST_F(DirectoryChangesTest, ApplicationPasswordsComeAndGo) {
  EntryChange add = set_user("fred", {});
  add.app_passwords = {{"phone", "phone-secret", protocol_imap, "2027-01-31"},
                       {"tablet", "tablet-secret", protocol_all, ""}};
  const ChangePlan made = plan({add});
  ASSERT_THAT(made.changes, SizeIs(1));
  const auto& apps = made.changes[0].stored.user.credentials.app_passwords;
  ASSERT_THAT(apps, SizeIs(2));
  EXPECT_EQ(apps[0].name, "phone");
  EXPECT_EQ(apps[0].protocols, protocol_imap);
  EXPECT_EQ(apps[0].expires_on, "2027-01-31");
  EXPECT_THAT(made.changes[0].app_passwords, ElementsAre("phone-secret", "tablet-secret"));
  EntryChange drop = set_user("fred", {});
  drop.app_passwords = {{"PHONE", "", 0, ""}};
  EXPECT_THAT(fault(drop), HasSubstr("no application password \"PHONE\""));
  EXPECT_THAT(plan({add, add}).faults, SizeIs(1)) << "the hashes of the first are not made yet";
  storage::StoredDirectory news;
  news.version = 20;
  news.users = {stored_user(1, "fred")};
  news.users[0].credentials.app_passwords = {{"phone", "hash", "", protocol_imap, ""},
                                             {"tv", "other", "", 1, ""}};
  book_.take(std::move(news), false);
  const ChangePlan dropped = plan({drop});
  ASSERT_THAT(dropped.changes, SizeIs(1));
  ASSERT_THAT(dropped.changes[0].stored.user.credentials.app_passwords, SizeIs(1));
  EXPECT_EQ(dropped.changes[0].stored.user.credentials.app_passwords[0].hash, "other");
  EXPECT_THAT(dropped.changes[0].app_passwords, ElementsAre(""));
  for (const AppPasswordChange& wrong : {AppPasswordChange{"a b", "phone-secret", protocol_imap, ""},
                                         AppPasswordChange{"phone", "short", protocol_imap, ""},
                                         AppPasswordChange{"phone", "phone-secret", 0, ""},
                                         AppPasswordChange{"phone", "phone-secret", 1, "soon"}}) {
    add.app_passwords = {wrong};
    EXPECT_NE(fault(add), "done") << wrong.name << wrong.password << wrong.expires_on;
  }
}

// LST-017
TEST_F(DirectoryChangesTest, MembersAreAddedRemovedAndReplaced) {
  EntryChange news = change(Verb::set, EntryKind::list, "News");
  news.members_added = {"kate", "FRED"};
  news.members_removed = {"ann@remote.example"};
  const ChangePlan made = plan({news});
  ASSERT_THAT(made.changes, SizeIs(1));
  EXPECT_THAT(made.changes[0].stored.members_added, ElementsAre("kate", "FRED"));
  EXPECT_THAT(made.changes[0].stored.members_removed, ElementsAre("ann@remote.example"));
  EXPECT_FALSE(made.changes[0].stored.replace_members);
  news.replace_members = true;
  EXPECT_TRUE(plan({news}).changes.at(0).stored.replace_members);
  news.members_added = {"two words"};
  EXPECT_THAT(fault(news), HasSubstr("no member"));
  news.members_added = {"a@b.example\r\nBcc: x@y.example"};
  EXPECT_THAT(fault(news), HasSubstr("no member"));
}

TEST_F(DirectoryChangesTest, ADeclaredListTakesSubscribers) {
  EntryChange staff = change(Verb::set, EntryKind::list, "STAFF");
  staff.members_added = {"ann@remote.example"};
  const ChangePlan made = plan({staff});
  ASSERT_THAT(made.changes, SizeIs(1));
  EXPECT_TRUE(made.changes[0].stored.list.declared);
  staff.members_added.clear();
  staff.members_removed = {"Kate"};
  EXPECT_THAT(fault(staff), HasSubstr("declared in stagecoach.toml:50"));
}

// MAP-034
TEST_F(DirectoryChangesTest, AMappingThatIsThereAlreadyIsSkipped) {
  const ChangePlan made =
      plan({new_mapping("SALES", "Fred"), new_mapping("sales", "kate"), new_mapping("sales", "Kate")});
  EXPECT_THAT(made.faults, IsEmpty());
  ASSERT_THAT(made.changes, SizeIs(1));
  EXPECT_EQ(made.changes[0].stored.mapping.target, "kate");
}

TEST_F(DirectoryChangesTest, MailThatWouldGoRoundIsRefused) {
  const EntryChange there = set_user("fred", {{"routing.forward_to", "kate@example.com"}});
  const EntryChange back = set_user("kate", {{"routing.forward_to", "fred"}});
  EXPECT_EQ(plan({there}).fault, "");
  EXPECT_THAT(plan({there, back}).fault, HasSubstr("mail would go round: "));
  const EntryChange aside = set_user("kate", {{"routing.forward_to", "elsewhere@remote.example"}});
  EXPECT_EQ(plan({there, back, aside}).fault, "") << "what counts is how it ends";
}

TEST_F(DirectoryChangesTest, LaterChangesOfABatchSeeTheEarlierOnes) {
  const ChangePlan made =
      plan({change(Verb::add, EntryKind::group, "guests"), new_user("bob", {{"primary_group", "guests"}}),
            new_mapping("info", "bob"), new_user("bob"), change(Verb::remove, EntryKind::user, "bob"),
            new_user("bob")});
  ASSERT_THAT(made.faults, SizeIs(1));
  EXPECT_EQ(made.faults[0].index, 3);
  EXPECT_THAT(made.changes, SizeIs(5));
}

}  // namespace
}  // namespace stagecoach
