#include "actors/login_rules.h"

#include <gmock/gmock.h>

namespace stagecoach {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

User user_with(Profile profile, Credentials credentials = {"main", "", "", {}}) {
  User user;
  user.id = UserId{1};
  user.name = "fred";
  user.credentials = std::move(credentials);
  user.profile = std::make_shared<const Profile>(std::move(profile));
  return user;
}
routing::Directory directory_with(User user, std::vector<Group> groups = {}) {
  routing::RoutingOptions options;
  options.local_domains = {"example.com"};
  return routing::Directory({{std::move(user)}, {}, {}, std::move(groups)}, options);
}
std::string fault(const routing::Directory& directory, std::uint8_t protocol, const char* today) {
  const LoginAccount account = find_account(directory, "Fred@example.com", protocol, today);
  return account.user ? "user: " + account.fault : "none: " + account.fault;
}

TEST(LoginRules, AnActiveUserMayLogIn) {
  EXPECT_EQ(fault(directory_with(user_with({})), protocol_imap, "2026-11-20"), "user: ");
}

// USR-051
TEST(LoginRules, ADisabledUserMayNot) {
  Profile profile;
  profile.enabled = false;
  EXPECT_EQ(fault(directory_with(user_with(profile)), protocol_imap, "2026-11-20"),
            "user: the user is disabled or has expired");
}

// USR-053 USR-054
TEST(LoginRules, AnAccountExpiresAtTheEndOfItsLastDay) {
  Profile profile;
  profile.expires_on = "2026-11-20";
  const auto directory = directory_with(user_with(profile));
  EXPECT_EQ(fault(directory, protocol_pop3, "2026-11-19"), "user: ");
  EXPECT_EQ(fault(directory, protocol_pop3, "2026-11-20"), "user: ");
  EXPECT_EQ(fault(directory, protocol_pop3, "2026-11-21"), "user: the user is disabled or has expired");
}

// LST-074
TEST(LoginRules, TheUsersOfADisabledGroupMayNot) {
  Profile profile;
  profile.primary_group = "Office";
  Group office;
  office.name = "office";
  office.enabled = false;
  EXPECT_EQ(fault(directory_with(user_with(profile), {office}), protocol_pop3, "2026-11-20"),
            "user: the user is disabled or has expired");
  office.enabled = true;
  EXPECT_EQ(fault(directory_with(user_with(profile), {office}), protocol_pop3, "2026-11-20"), "user: ");
}

// USR-139
TEST(LoginRules, WithoutTheProtocolThereIsNoSuchUser) {
  Profile profile;
  profile.permissions.pop3 = false;
  const auto directory = directory_with(user_with(profile));
  EXPECT_EQ(fault(directory, protocol_pop3, "2026-11-20"), "none: the user may not use this protocol");
  EXPECT_EQ(fault(directory, protocol_imap, "2026-11-20"), "user: ");
  EXPECT_EQ(find_account(directory, "nobody", protocol_imap, "2026-11-20").user, nullptr);
}

TEST(LoginRules, EachServiceAsksForItsProtocol) {
  EXPECT_EQ(protocol_bit(conf::Protocol::submission), protocol_smtp);
  EXPECT_EQ(protocol_bit(conf::Protocol::http), protocol_webmail);
  EXPECT_EQ(allowed_protocols({}), protocol_all);
  UserPermissions none;
  none.pop3 = none.imap4 = none.smtp = none.webmail = none.password = none.ldap = false;
  EXPECT_EQ(allowed_protocols(none), 0);
}

// USR-056, REF-037
TEST(LoginRules, AWebPasswordCountsForTheWebOnly) {
  Profile profile;
  const Credentials both{"main", "", "web", {}};
  EXPECT_THAT(accepted_passwords(user_with(profile, both), protocol_webmail, "2026-11-20"),
              ElementsAre("main"));
  profile.separate_web_password = true;
  EXPECT_THAT(accepted_passwords(user_with(profile, both), protocol_webmail, "2026-11-20"),
              ElementsAre("web"));
  EXPECT_THAT(accepted_passwords(user_with(profile, both), protocol_imap, "2026-11-20"), ElementsAre("main"));
}

TEST(LoginRules, ApplicationPasswordsFitTheirProtocolUntilTheyExpire) {
  const User user = user_with({}, {"main",
                                   "",
                                   "",
                                   {{"phone", "phone-hash", "", protocol_imap, ""},
                                    {"guest", "guest-hash", "", protocol_all, "2026-11-20"},
                                    {"empty", "", "", protocol_all, ""}}});
  EXPECT_THAT(accepted_passwords(user, protocol_imap, "2026-11-20"),
              ElementsAre("main", "phone-hash", "guest-hash"));
  EXPECT_THAT(accepted_passwords(user, protocol_smtp, "2026-11-20"), ElementsAre("main", "guest-hash"));
  EXPECT_THAT(accepted_passwords(user, protocol_smtp, "2026-11-21"), ElementsAre("main"));
}

TEST(LoginRules, WithoutAPasswordTheVerifierCounts) {
  EXPECT_THAT(accepted_passwords(user_with({}, {"", "SCRAM", "", {}}), protocol_imap, "2026-11-20"),
              ElementsAre("SCRAM"));
  EXPECT_THAT(accepted_passwords(user_with({}, {}), protocol_imap, "2026-11-20"), IsEmpty());
}

}  // namespace
}  // namespace stagecoach
