#include "conf/entry_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "routing/model/directory_entry.h"
#include "routing/model/mail_list.h"

namespace stagecoach::conf {
namespace {

using testing::HasSubstr;

/// Texts of which at least one fits every setting and is not its default.
const char* const k_candidates[] = {
    "off",
    "on",
    "7",
    "40000",
    "redirect",
    "fred; bob@example.net",
    "fred@example.com",
    "kate",
    "2026-08-01",
    "08:15",
    "2026-08-01 08:15",
    "20260801 08:15",
    "X-Field: da\"ta",
    "/x+/i",
    "80",
    "unread",
    "unflagged",
    "mailing",
    "moderators",
    "pop3",
    "subject",
    "full",
    "fixed",
    "tu; sa",
    "local",
    "two words \xc3\xa4\\\"\n",
    "[{ name = \"a\", conditions = [{ field = \"Subject\", data = \"x\\\"y\\n\", not = true }], actions = "
    "[{ action = \"delete\" }] }, { name = \"b\", enabled = false, types = [\"local\"] }]",
    "[{ name = \"d\", response_text = \"a\\nb\", send_response_to = [\"x@y.example\"] }]",
    "[{ name = \"r\", autoresponder = \"d\", days = [\"mo\"], fields = { \"a b\" = \"c\" } }]",
    "[{ folder = \"Spam\", age = 30 }, {}]",
    "[{ field = \"From\" }]",
    "[{ action = \"flag\" }]"};

/// The candidates that set this key to something.
template <class S>
std::vector<std::string> fitting(const std::string& key) {
  std::vector<std::string> result;
  for (const char* candidate : k_candidates) {
    S entry;
    if (set_key(entry, key, candidate) && get_key(entry, key).value_or("") != get_key(S(), key).value_or(""))
      result.emplace_back(candidate);
  }
  return result;
}

std::string settable(std::string key) {
  if (key.ends_with(".*")) key.replace(key.size() - 1, 1, "some key");
  return key;
}

/// Any combination of settings is the same after it was written and read, as a whole and key by key.
template <class S>
void expect_round_trips() {
  std::vector<std::pair<std::string, std::vector<std::string>>> values;
  for (const KeyInfo& info : list_keys<S>()) {
    values.emplace_back(settable(info.key), fitting<S>(settable(info.key)));
    EXPECT_FALSE(values.back().second.empty()) << info.key;
  }
  EXPECT_EQ(entry_text(S()), "");
  std::mt19937 random(1);
  for (int i = 0; i < 100; ++i) {
    S entry;
    for (const auto& [key, texts] : values) {
      if (random() % (i == 0 ? 1 : 4) != 0 || texts.empty()) continue;
      ASSERT_TRUE(set_key(entry, key, texts[random() % texts.size()])) << key;
    }
    const std::string text = entry_text(entry);
    const auto read = parse_entry<S>(text);
    ASSERT_TRUE(read) << text << read.error().text();
    EXPECT_EQ(entry_text(*read), text);
    S copied;
    for (const auto& [key, texts] : values) {
      EXPECT_EQ(get_key(*read, key).value_or("?"), get_key(entry, key).value_or("!")) << key;
      if (get_key(entry, key).value_or("") == get_key(S(), key).value_or("")) continue;
      const auto done = set_key(copied, key, get_key(entry, key).value_or("?"));
      ASSERT_TRUE(done) << key << done.error().text();
    }
    EXPECT_EQ(entry_text(copied), text);
  }
}

TEST(EntryText, IsTheSameAfterWritingAndReading) {
  expect_round_trips<Profile>();
  expect_round_trips<MailList>();
  expect_round_trips<Group>();
  expect_round_trips<Mapping>();
  expect_round_trips<MessageRule>();
  expect_round_trips<AutoresponderDefinition>();
  expect_round_trips<AutoresponderRule>();
}

TEST(EntryText, ShowsOnlyWhatDiffersFromTheDefault) {
  Profile profile;
  profile.full_name = "Fred \"F\"";
  profile.permissions.imap4 = false;
  profile.quota_bytes = 2 << 20;
  profile.message_rules.push_back({.name = "a", .conditions = {{.field = "Subject", .data = "x"}}});
  EXPECT_EQ(
      entry_text(profile),
      "full_name = \"Fred \\\"F\\\"\"\nquota = \"2MB\"\n[permissions]\nprotocols.imap4 = false\n"
      "[[message_rules]]\nname = \"a\"\n[[message_rules.conditions]]\nfield = \"Subject\"\ndata = \"x\"\n");
  EXPECT_EQ(parse_entry<Profile>(entry_text(profile)).value_or(Profile()), profile);
}

TEST(EntryText, ReadsTheKeysThatTheDatabaseHadBefore) {
  const auto read = parse_entry<Profile>(
      "full_name = \"Fred\"\nadministrator = true\nenabled = false\naliases = [\"sales\", \"a@b.example\"]\n"
      "quota_bytes = 5\nreceive_internet = false");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_TRUE(read->administrator);
  EXPECT_FALSE(read->enabled);
  EXPECT_EQ(read->aliases, (std::vector<std::string>{"sales", "a@b.example"}));
  EXPECT_EQ(read->quota_bytes, 5);
  EXPECT_FALSE(read->permissions.receive_internet);
}

TEST(EntryText, SaysAllThatIsWrong) {
  const auto read =
      parse_entry<Profile>("full_nam = \"x\"\nquota = \"many\"\n[routing]\nforward_to = \"a b\"");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().reason, HasSubstr("full_nam: is not known; do you mean full_name?"));
  EXPECT_THAT(read.error().reason, HasSubstr("quota: \"many\" is no size"));
  EXPECT_THAT(read.error().reason,
              HasSubstr("routing.forward_to: \"a b\" is no user, list, group or address"));
  EXPECT_THAT(parse_entry<Profile>("a = ").error().reason, HasSubstr("line 1: "));
}

const struct {
  const char* key;
  const char* text;
  const char* value;  // of get_key afterwards; starts with "! ": the error
} k_sets[] = {
    {"routing.forward_to", "kate; bob@example.net", "kate; bob@example.net"},  // USR-073
    {"routing.forward_to", "+kate", "fred; kate"},                             // USR-244
    {"routing.forward_to", "+FRED", "fred"},
    {"routing.forward_to", "-fred; nobody", ""},
    {"routing.forward_to", "=+1", "! routing.forward_to: \"+1\" is no user, list, group or address"},
    {"routing.forward_to", "SMTP:bob@example.com@fred:pass@192.168.1.1:587",
     "SMTP:bob@example.com@fred:pass@192.168.1.1:587"},
    {"routing.forward_to", "SMTP:bob@x@u:secret@ho st",
     "! routing.forward_to: \"SMTP:***\" has a space or a control character"},
    {"routing.size_ge.action", "redirect", "redirect"},
    {"routing.forward_window.from", "20161013 12:00", "20161013 12:00"},  // USR-079
    {"routing.forward_window.from", "tomorrow",
     "! routing.forward_window.from: \"tomorrow\" is no \"HH:MM\", \"YYYYMMDD\" or \"YYYYMMDD HH:MM\""},
    {"permissions.protocols.pop3", "off", "false"},
    {"permissions.pop3", "0", "false"},
    {"receive_internet", "no", "false"},
    {"receive_internet", "maybe", "! receive_internet: \"maybe\" is no true or false"},
    {"quota", "2GB", "2GB"},
    {"quota", "-1", "! quota: -1 is not between 0 and \"1048576GB\""},
    {"advanced.quarantine_threshold", "-1", "disabled"},  // USR-245
    {"advanced.quarantine_threshold", "0", "global"},
    {"advanced.quarantine_threshold", "80", "80"},
    {"advanced.outgoing_hold", "2d", "2d"},
    {"advanced.outgoing_hold", "90", "90m"},
    {"advanced.outgoing_hold", "global", "global"},
    {"custom.colour", "red", "red"},  // USR-246
    {"custom.colour", "", ""},
    {"address_book.cn", "Fred", "Fred"},
    {"expires_on", "2026-02-30", "! expires_on: \"2026-02-30\" is no date like \"2026-12-31\""},
    {"expires_on", "20261231", "2026-12-31"},
    {"expires_on", "", ""},
    {"comments", "a\r\nBcc: x@y.example",
     "! comments: \"a\\u000d\\u000aBcc: x@y.example\" has a line break or "
     "another control character"},
    {"signature.outgoing.plain", "two\nlines", "two\nlines"},
    {"autoresponder.header_filters", "From: *@a.example\nX-Loop: *", "From: *@a.example\nX-Loop: *"},
    {"autoresponder.header_filters", "no colon",
     "! autoresponder.header_filters: \"no colon\" is no \"Field: wildcard\""},
    {"webmail.allowed_forward_targets", "/(/",
     "! webmail.allowed_forward_targets: \"/(/\" does not compile: "},
    {"message_rules", "[{ name = \"a\" }]\nquota = 5", "! message_rules: is more than one value"},
    {"message_rules", "[{}]", "! message_rules.name: is missing"},
    {"forward_t", "x", "! there is no setting \"forward_t\""},
    {"routing", "x", "! there is no setting \"routing\""},
};

TEST(EntryText, SetsSingleKeys) {
  for (const auto& [key, text, value] : k_sets) {
    Profile profile;
    profile.routing.forward_to = {"fred"};
    const Profile before = profile;
    const auto done = set_key(profile, key, text);
    if (std::string_view(value).starts_with("! ")) {
      ASSERT_FALSE(done) << key;
      EXPECT_THAT(done.error().reason, testing::StartsWith(value + 2));
      EXPECT_EQ(profile, before) << key;
    } else {
      ASSERT_TRUE(done) << key << done.error().text();
      EXPECT_EQ(get_key(profile, key).value_or("?"), value) << key;
    }
  }
}

// What is stored must be readable again, whatever a command was given.
TEST(EntryText, RefusesWhatTomlCannotHold) {
  for (const char* key : {"full_name", "signature.outgoing.plain", "custom.a", "custom.\xff", "aliases",
                          "routing.forward_to", "address_book.cn", "message_rules"}) {
    Profile profile;
    EXPECT_FALSE(set_key(profile, key, "\xff\xfe")) << key;
    EXPECT_EQ(profile, Profile()) << key;
  }
  Profile profile;
  const std::string odd("a\0\r\n\x7f\"\\\xc3\xa4 ", 10);
  for (const char* key : {"signature.outgoing.plain", "custom.a b.c\"", "address_book.\xc3\xa4"})
    ASSERT_TRUE(set_key(profile, key, odd)) << key;
  EXPECT_EQ(parse_entry<Profile>(entry_text(profile)).value_or(Profile()), profile) << entry_text(profile);
}

TEST(EntryText, SetsThreeStatesOfAGroup) {  // LST-077
  Group group;
  EXPECT_EQ(get_key(group, "monitor").value_or("?"), "individual");
  ASSERT_TRUE(set_key(group, "monitor", "off"));
  EXPECT_EQ(group.monitor, std::optional(false));
  EXPECT_EQ(entry_text(group), "monitor = false\n");
  ASSERT_TRUE(set_key(group, "monitor", "individual"));
  EXPECT_EQ(group.monitor, std::nullopt);
}

TEST(EntryText, SetsMembersOfAList) {  // LST-017
  MailList list;
  ASSERT_TRUE(set_key(list, "members", "kate\n\nbob@example.net"));
  ASSERT_TRUE(set_key(list, "members", "+fred\nKATE"));
  EXPECT_EQ(*list.members, (Members{"kate", "bob@example.net", "fred"}));
}

TEST(EntryText, CopiesSettingsButNotThePerson) {  // USR-037
  Profile from;
  from.full_name = "Kate";
  from.comments = "old";
  from.aliases = {"sales"};
  from.quota_bytes = 7;
  from.routing.forward_to = {"fred"};
  Profile to;
  to.comments = "new";
  const Profile copied = copied_settings(from, to);
  EXPECT_EQ(copied.comments, "new");
  EXPECT_EQ(copied.full_name, "");
  EXPECT_THAT(copied.aliases, testing::IsEmpty());
  EXPECT_EQ(copied.quota_bytes, 7);
  EXPECT_EQ(copied.routing, from.routing);
}

}  // namespace
}  // namespace stagecoach::conf
