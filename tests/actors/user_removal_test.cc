#include "actors/user_removal.h"

#include <gmock/gmock.h>

namespace stagecoach {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// USR-211 USR-212
TEST(UserRemoval, SessionsAndMessagesSpeakAgainstIt) {
  const LoginEntry imap{"imap", "192.0.2.1"}, pop3{"pop3", "2001:db8::1"};
  const struct {
    UserRemoval removal;
    bool with_mail;
    const char* fault;
  } k_removals[] = {
      {{"fred"}, false, ""},
      {{"fred", {}, 1204, 7},
       false,
       "fred has 1,204 messages in 7 folders: --with-mail deletes them for good"},
      {{"fred", {}, 1, 1}, false, "fred has 1 message in 1 folder: --with-mail deletes them for good"},
      {{"fred", {}, 1234567, 7}, true, ""},
      {{"fred", {imap}, 0, 0}, true, "the user \"fred\" is in use: imap from 192.0.2.1"},
      {{"fred", {imap, pop3}, 3, 1},
       false,
       "the user \"fred\" is in use: imap from 192.0.2.1, pop3 from 2001:db8::1"},
  };
  for (const auto& [removal, with_mail, fault] : k_removals)
    EXPECT_EQ(removal_fault(removal, with_mail), fault);
}

// USR-210
TEST(UserRemoval, KnowsTheRolesThatPassOn) {
  routing::RoutingOptions options;
  options.main_administrator = "Kate";
  options.policy.message_targets = {{"MailboxQuota", "kate"}, {"MailingList", "none"}, {"Other", "fred"}};
  const routing::Directory directory({}, options);
  EXPECT_THAT(roles_of(directory, "kate"), ElementsAre("main administrator", "message target MailboxQuota"));
  EXPECT_THAT(roles_of(directory, "fred"), ElementsAre("message target Other"));
  EXPECT_THAT(roles_of(directory, "albert"), IsEmpty());
}

}  // namespace
}  // namespace stagecoach
