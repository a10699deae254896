#include "actors/control_directory.h"

#include <gmock/gmock.h>

#include "actors/directory_listing.h"
#include "tests/actors/directory_book_fixture.h"

namespace stagecoach {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class ControlDirectoryTest : public BookTest {
 protected:
  std::int64_t version_ = 100;
  routing::LocalTime now_ = *routing::parse_moment("2026-11-20 12:00");

  EntryListing listing(const ListEntries& list) {
    routing::RoutingOptions options;
    options.local_domains = {"example.com"};
    const routing::Directory directory(book_.entries(), options);
    return list_entries(book_, directory, list, now_);
  }
};

// USR-010 USR-012 USR-014 USR-015 USR-016 USR-044
TEST_F(ControlDirectoryTest, AUserRowSaysWhatIsKnownOfHim) {
  storage::StoredDirectory news;
  news.version = 11;
  news.users = {
      stored_user(1, "fred",
                  "comments = \"Sales\"\nenabled = false\naliases = [\"sales\", \"info@example.com\"]\n"
                  "primary_group = \"office\"\n[routing]\nforward_to = [\"kate\"]\n")};
  book_.take(std::move(news), false);
  UserFacts facts;
  facts.mailboxes = {{UserId{1}, 3, 5, 4000}};
  facts.locks = {{"fred", "192.0.2.7", 1'800'000'000}};
  const auto rows = user_rows(listing(user_rows_request()), facts);
  ASSERT_THAT(rows, SizeIs(3));
  const json fred = rows[1];
  EXPECT_EQ(fred, json::parse(R"({"name": "fred", "full_name": "", "comments": "Sales", "group": "office",
      "expires_on": "", "administrator": false, "enabled": false, "active": false,
      "aliases": ["sales", "info@example.com"], "marks": ["forward", "locked"], "inbox_messages": 3,
      "size_bytes": 4000, "locked_addresses": ["192.0.2.7"], "where": "database"})"));
  EXPECT_EQ(rows[0]["where"], "stagecoach.toml:41");
  EXPECT_EQ(rows[2]["marks"], json({"administrator"}));
  EXPECT_EQ(rows[2]["size_bytes"], 0);
}

// USR-012 USR-013
TEST_F(ControlDirectoryTest, AnAutoresponderIsMarkedByWhetherItAnswersNow) {
  const struct {
    const char *rule, *mark;
  } k_rules[] = {
      {"", "autoresponder-active"},
      {"sender = \"ann@*\"\nsubject = \"sale\"", "autoresponder-active"},
      {"date_from = \"2026-11-20\"\ndate_to = \"2026-11-20\"", "autoresponder-active"},
      {"date_from = \"2026-11-21\"", "autoresponder"},
      {"date_to = \"2026-11-19\"", "autoresponder"},
      {"time_from = \"12:00\"\ntime_to = \"13:00\"", "autoresponder-active"},
      {"time_from = \"13:00\"\ntime_to = \"14:00\"", "autoresponder"},
      {"datetime_from = \"2026-11-20 12:01\"", "autoresponder"},
      {"enabled = false", ""},
  };
  for (const auto& [rule, mark] : k_rules) {
    storage::StoredDirectory news;
    news.version = ++version_;
    news.users = {
        stored_user(1, "fred",
                    std::string("[[autoresponder.rules]]\nname = \"r\"\nautoresponder = \"away\"\n") + rule +
                        "\n[[autoresponder.definitions]]\nname = \"away\"\n")};
    EXPECT_TRUE(book_.take(std::move(news), false).empty()) << rule;
    EXPECT_EQ(user_rows(listing(user_rows_request()), {})[1]["marks"],
              *mark ? json::array({mark}) : json::array())
        << rule;
  }
}

TEST_F(ControlDirectoryTest, ShowsOneEntryWithAllItsSettings) {
  const auto rows = entry_rows(listing({EntryKind::user, "KATE", {"*"}, false}));
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0]["settings"], json({{"administrator", "true"}, {"full_name", "Kate K"}}));
  const auto text = conf::parse_entry<Profile>(rows[0]["text"].get<std::string>());
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, *book_.user("kate")->profile);
  EXPECT_EQ(rows[0].dump().find("argon2id"), std::string::npos) << "passwords are not settings";
  EXPECT_FALSE(listing({EntryKind::user, "nobody", {}, false}).outcome.ok);
}

TEST_F(ControlDirectoryTest, StoredPasswordsAreShownOnlyWhenAskedFor) {
  const auto rows = entry_rows(listing({EntryKind::user, "kate", {"password", "scram"}, false}));
  EXPECT_EQ(rows.at(0)["settings"], json({{"password", "$argon2id$kate"}, {"scram", "SCRAM kate"}}));
}

TEST_F(ControlDirectoryTest, ListsGroupsListsAndMappings) {
  const auto groups = listing({EntryKind::group, "", {}, true}).entries;
  ASSERT_THAT(groups, SizeIs(1));
  EXPECT_THAT(groups[0].members, ElementsAre("fred"));
  const auto lists = listing({EntryKind::list, "", {"type"}, true}).entries;
  ASSERT_THAT(lists, SizeIs(2));
  EXPECT_THAT(lists[0].members, ElementsAre("kate", "joe@remote.example"));
  EXPECT_EQ(lists[1].member_count, 2);
  EXPECT_EQ(lists[1].settings.at(0).value, "distribution");
  const auto mappings = listing({EntryKind::mapping, "7", {"address", "target"}, false}).entries;
  ASSERT_THAT(mappings, SizeIs(1));
  EXPECT_EQ(mappings[0].settings.at(1).value, "fred");
  EXPECT_FALSE(listing({EntryKind::mapping, "8", {}, false}).outcome.ok);
}

// MAP-036
TEST_F(ControlDirectoryTest, AliasesAreMarkedRowsOfTheMappings) {
  storage::StoredDirectory news;
  news.version = 11;
  news.users = {stored_user(1, "fred", "aliases = [\"shop\", \"info@example.com\"]\n")};
  book_.take(std::move(news), false);
  const auto rows = entry_rows(listing({EntryKind::mapping, "", {"address", "target", "type"}, false}));
  std::vector<std::string> shown;
  for (const json& row : rows)
    shown.push_back(row["name"].get<std::string>() + " " + row["settings"]["address"].get<std::string>() +
                    " " + row["settings"]["type"].get<std::string>() + " " + row["marks"].dump());
  EXPECT_THAT(shown, ElementsAre("7 sales always []", " shop always [\"alias of fred\"]",
                                 " info@example.com always [\"alias of fred\"]"));
  const auto of_fred = chosen_rows(rows, {{"where", {{"target", "=fred"}}}});
  ASSERT_TRUE(of_fred);
  EXPECT_THAT(*of_fred, SizeIs(3));
}

TEST_F(ControlDirectoryTest, ReadsChanges) {
  const auto request = change_request(json::parse(R"({"partial": true, "by": "kate", "changes": [
      {"verb": "add", "kind": "user", "name": "bob", "password": "p", "copy_from": "kate",
       "settings": [["aliases", "+a"], ["aliases", "+b"]],
       "app_passwords": [{"name": "phone", "password": "q", "protocols": 2, "expires_on": "2027-01-31"}]},
      {"verb": "set", "kind": "list", "name": "news", "settings": {"comment": "c"}, "replace_members": true,
       "members_added": ["a"], "members_removed": ["b"]},
      {"verb": "remove", "kind": "mapping", "name": "7"}]})"));
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->partial);
  EXPECT_FALSE(request->dry_run);
  EXPECT_EQ(request->by, "kate");
  ASSERT_THAT(request->changes, SizeIs(3));
  EXPECT_EQ(request->changes[0].copy_from, "kate");
  EXPECT_THAT(request->changes[0].settings, SizeIs(2));
  EXPECT_EQ(request->changes[0].settings[1].value, "+b");
  EXPECT_EQ(request->changes[0].app_passwords.at(0).protocols, 2);
  EXPECT_EQ(request->changes[1].kind, EntryKind::list);
  EXPECT_TRUE(request->changes[1].replace_members);
  EXPECT_THAT(request->changes[1].members_removed, ElementsAre("b"));
  EXPECT_EQ(request->changes[2].verb, EntryChange::Verb::remove);
  EXPECT_FALSE(change_request(json::parse(R"({"changes": [{"verb": "burn", "kind": "user"}]})")));
  EXPECT_FALSE(list_request(json::parse(R"({"kind": "cow"})")));
}

TEST_F(ControlDirectoryTest, ChoosesRows) {
  const std::vector<json> rows{
      {{"name", "Kate"}, {"n", 1}}, {{"name", "fred"}, {"n", 2}}, {{"name", "kathy"}, {"n", 3}}};
  const auto chosen =
      chosen_rows(rows, json::parse(R"({"filter": "KAT", "where": {"n": ">0"}, "sort": "-n"})"));
  ASSERT_TRUE(chosen);
  ASSERT_THAT(*chosen, SizeIs(2));
  EXPECT_EQ((*chosen)[0]["name"], "kathy");
  EXPECT_FALSE(chosen_rows(rows, json::parse(R"({"where": {"x": "1"}})")));
}

TEST(ControlAnswers, NameEachRefusedChange) {
  DirectoryAnswer answer{{}, 2, {{1, "why"}}};
  EXPECT_EQ(json_of(answer), json::parse(R"({"changed": 2, "faults": [{"index": 1, "reason": "why"}]})"));
  answer.outcome = Outcome::failure(conflict("why"));
  EXPECT_EQ(json_of(answer)["error"], "why");
}

}  // namespace
}  // namespace stagecoach
