#include "actors/admin_message.h"

#include <gmock/gmock.h>

namespace stagecoach {
namespace {

using ::testing::HasSubstr;

// USR-238
TEST(WelcomeMessage, FillsNameAndPasswordAndTakesItsSubjectFromALine) {
  const struct {
    const char *text, *subject, *body;
  } k_messages[] = {
      {"Hello {username}, {password}!\n", "Welcome to email", "Hello fred, s3cret!\n"},
      {"Hello\n<Subject: Your mailbox, {username}>\nBye", "Your mailbox, fred", "Hello\nBye"},
      {"  <Subject:Hi>  \r\nText\r\n", "Hi", "Text\r\n"},
      {"<Subject: one>\n<Subject: two>\n", "one", "<Subject: two>\n"},
      {"{unknown} {username", "Welcome to email", "{unknown} {username"},
  };
  for (const auto& [text, subject, body] : k_messages) {
    const auto message = welcome_message(text, "fred", "s3cret");
    ASSERT_TRUE(message) << text;
    EXPECT_EQ(message->subject, subject) << text;
    EXPECT_EQ(message->text, body) << text;
  }
  EXPECT_FALSE(welcome_message("", "fred", "x"));
  EXPECT_FALSE(welcome_message(" \r\n", "fred", "x"));
  EXPECT_EQ(welcome_message("{username}", "{password}", "x")->text, "{password}")
      << "what stands in a value is not replaced";
}

// USR-240
TEST(FillText, KnowsTheFactsOfTheRecipient) {
  const RecipientFacts facts{"fred", 7, 20 * 1024 * 1024, 0, nullptr, "Fred F", "fred@example.com"};
  const struct {
    const char *text, *filled;
  } k_texts[] = {
      {"{username} has {messagecount} in {mailboxsize} of {mailboxquota}", "fred has 7 in 20 MB of no limit"},
      {"[{ldap_o}] {ldap_uid} {ldap_CN} {ldap_mail}", "[] fred Fred F fred@example.com"},
      {"{nothing} { } {username", "{nothing} { } {username"},
      {"{lua}print(1){/lua}", "{lua}print(1){/lua}"},
  };
  for (const auto& [text, filled] : k_texts) {
    const auto result = fill_text(text, facts);
    ASSERT_TRUE(result && *result) << text;
    EXPECT_EQ(**result, filled);
  }
}

TEST(FillText, TheEntryInTheAddressBookComesFirst) {
  const std::map<std::string, std::string> entry{{"cn", "Freddy"}, {"o", "Sales"}};
  const RecipientFacts facts{"fred", 0, 0, 0, &entry, "Fred F", "fred@example.com"};
  EXPECT_EQ(fill_text("{ldap_cn} {ldap_O} {ldap_mail}", facts)->value(), "Freddy Sales fred@example.com");
}

TEST(FillText, RunsScriptsWhereThereAreSome) {
  const TextScript script = [](std::string_view text,
                               const RecipientFacts& facts) -> Result<std::optional<std::string>> {
    if (text == "wrong") return invalid_input("line 1");
    if (text == "skip") return std::optional<std::string>{};
    return std::optional(facts.user + ":" + std::string(text) + "{username}");
  };
  const RecipientFacts facts{"fred"};
  EXPECT_EQ(fill_text("{username} {lua}a{/lua}, {lua}b{/lua}.", facts, script)->value(),
            "fred fred:a{username}, fred:b{username}.");
  EXPECT_EQ(fill_text("{lua}open", facts, script)->value(), "{lua}open");
  EXPECT_FALSE(fill_text("x {lua}skip{/lua}", facts, script)->has_value()) << "no message for him";
  EXPECT_FALSE(fill_text("x {lua}wrong{/lua}", facts, script));
}

// USR-239
TEST(LocalMembers, AreTheUsersOfAGroupOrList) {
  routing::DirectoryEntries entries;
  for (const char* name : {"fred", "kate", "albert"}) {
    User user;
    user.id = UserId{static_cast<std::int64_t>(entries.users.size()) + 1};
    user.name = name;
    entries.users.push_back(user);
  }
  MailList inner, outer;
  inner.name = "inner";
  inner.members = std::make_shared<const Members>(Members{"fred", "outer"});
  outer.name = "outer";
  outer.members = std::make_shared<const Members>(
      Members{"kate@example.com", "ann@remote.example", "inner", "kate", "nobody"});
  entries.lists = {inner, outer};
  routing::RoutingOptions options;
  options.local_domains = {"example.com"};
  options.default_domain = "example.com";
  const routing::Directory directory(std::move(entries), options);
  const auto names = [&](const std::string& target) {
    std::vector<std::string> found;
    if (const auto members = local_members(directory, target))
      for (const User* user : *members) found.push_back(user->name);
    return found;
  };
  EXPECT_THAT(names("outer"), ::testing::UnorderedElementsAre("kate", "fred"));
  EXPECT_THAT(names("Everyone"), ::testing::UnorderedElementsAre("fred", "kate", "albert"));
  EXPECT_FALSE(local_members(directory, "nobody"));
}

TEST(QuotaWarningText, SaysWhoseMailboxHowFull) {
  User user;
  user.name = "fred";
  const routing::QuotaWarning warning{2, 105, true, true};
  const auto to_user = quota_warning_text(user, warning, 105 << 20, 100 << 20, false);
  EXPECT_EQ(to_user.subject, "Your mailbox is 105 % full");
  EXPECT_THAT(to_user.text, HasSubstr("105 MB of 100 MB"));
  EXPECT_EQ(quota_warning_text(user, warning, 1, 1, true).subject, "The mailbox of fred is 105 % full");
}

}  // namespace
}  // namespace stagecoach
