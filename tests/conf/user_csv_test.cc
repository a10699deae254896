#include "conf/user_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conf/entry_text.h"

namespace stagecoach::conf {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Settings = std::vector<std::pair<std::string, std::string>>;

UserCsv parse(std::string_view text, const UserCsvOptions& options = {}) {
  auto parsed = parse_user_csv(text, options);
  EXPECT_TRUE(parsed) << parsed.error().text();
  return parsed ? std::move(*parsed) : UserCsv();
}

TEST(UserCsv, ReadsColumnsByTheirTitles) {  // USR-229
  const UserCsv csv = parse(
      "User Id,Admin,Forward To,Assistant,Comments,Max Outgoing Size,Shoe size\r\n"
      "fred,1,kate;bob@example.net,,Sales,2049,44\r\nkate,,,,,,\r\n");
  EXPECT_THAT(csv.problems, IsEmpty());
  EXPECT_THAT(csv.columns, ElementsAre("name", "administrator", "routing.forward_to", "routing.assistants",
                                       "comments", "max_outgoing_bytes", "ignore"));
  ASSERT_EQ(csv.rows.size(), 2u);
  EXPECT_EQ(csv.rows[0].name, "fred");
  EXPECT_EQ(csv.rows[0].line, 2);
  EXPECT_EQ(csv.rows[0].settings, (Settings{{"administrator", "1"},
                                            {"routing.forward_to", "=kate;bob@example.net"},
                                            {"routing.assistants", "="},
                                            {"comments", "Sales"},
                                            {"permissions.max_outgoing_kb", "3"}}));
  // Empty cells empty texts and lists; flags and numbers stay as they are (USR-232).
  EXPECT_EQ(csv.rows[1].settings,
            (Settings{{"routing.forward_to", "="}, {"routing.assistants", "="}, {"comments", ""}}));
}

TEST(UserCsv, TakesAnAssignmentOfColumns) {  // USR-228, USR-230
  UserCsvOptions options;
  options.columns = {"ignore", "name", "webmail.real_name", "template", "other"};
  options.ignore_first_line = false;
  const UserCsv csv = parse("x;fred;Fred F;kate;quota=1GB|custom.colour=red\n", options);
  EXPECT_THAT(csv.problems, IsEmpty());
  ASSERT_EQ(csv.rows.size(), 1u);
  EXPECT_EQ(csv.rows[0].template_user, "kate");
  EXPECT_EQ(csv.rows[0].settings,
            (Settings{{"webmail.real_name", "Fred F"}, {"quota", "1GB"}, {"custom.colour", "red"}}));
  options.columns = {"name", "name"};
  EXPECT_THAT(parse_user_csv("a,b", options).error().reason, HasSubstr("exactly one column"));
  options.columns = {"name", "colour"};
  EXPECT_THAT(parse_user_csv("a,b", options).error().reason, HasSubstr("there is no column \"colour\""));
  EXPECT_THAT(parse_user_csv("x,y\na,b", {}).error().reason, HasSubstr("exactly one column"));
}

const struct {
  const char* rows;  // behind the titles of the test
  const char* problem;
} k_problems[] = {
    {"a b,,x", "line 2: User Id: \"a b\" is no name: letters, digits, '.', '_' and '-' only"},
    {",,x", "line 2: User Id: is missing"},
    {"Everyone,,x", "line 2: User Id: \"Everyone\" is a built-in name"},
    {"fred,,x\nFred,,y", "line 3: User Id: Fred stands in the file already"},
    {"fred,a b,x", "line 2: Forward To: \"a b\" is no user, list, group or address"},
    {"fred,,\"a\nBcc: x\"", "line 2: Comments: has a line break or another control character"},
    {"fred,,=1+2",
     "line 2: Comments: begins like a formula of a spreadsheet; an apostrophe in front makes it text"},
    {"fred,,x,maybe", "line 2: In Everyone: \"maybe\" is no true or false"},
    {"fred,,x,1,1,6", "line 2: has more fields than there are columns"},
    {"fred,kate,x,1,1", "line 2: Send Only To Assistant: cannot be combined with forward_to"},
};

TEST(UserCsv, NamesLineColumnAndReason) {
  for (const auto& [rows, problem] : k_problems) {
    const UserCsv csv =
        parse("User Id,Forward To,Comments,In Everyone,Send Only To Assistant\n" + std::string(rows));
    ASSERT_FALSE(csv.problems.empty()) << rows;
    EXPECT_THAT(csv.problems.front().text(), testing::StartsWith(problem)) << rows;
    for (const UserCsvRow& row : csv.rows) EXPECT_NE(row.line, csv.problems.front().line);
  }
}

TEST(UserCsv, ReadsPasswordsOnlyWhenTheFileHoldsThem) {  // USR-231
  const char* text = "User Id,Password\nfred,$argon2id$x\nkate,short\n";
  UserCsvOptions options;
  EXPECT_EQ(parse(text, options).rows.at(0).password, std::nullopt);
  options.passwords = PasswordMode::file;
  const UserCsv hashes = parse(text, options);
  EXPECT_EQ(hashes.rows.at(0).password, "$argon2id$x");
  EXPECT_EQ(hashes.problems.at(0).text(), "line 3: Password: is no hash of a password");
  options.passwords_encrypted = false;
  EXPECT_EQ(parse(text, options).problems.at(0).text(), "line 3: Password: is shorter than 8 characters");
  EXPECT_EQ(parse("User Id,Password\nfred,with space\n", options).problems.at(0).text(),
            "line 2: Password: has a space");  // USR-035
}

TEST(UserCsv, ShowsTheFirstLinesBeforeAnythingChanges) {  // USR-228
  std::string text = "User Id,Strange\n";
  for (int i = 0; i < 10; ++i) text += "user" + std::to_string(i) + ",x\n";
  const auto preview = preview_user_csv(text, {});
  ASSERT_TRUE(preview);
  EXPECT_EQ(preview->rows.size(), 5u);
  EXPECT_EQ(preview->rows_total, 11u);
  EXPECT_THAT(preview->columns, ElementsAre("name", "ignore"));
}

std::vector<User> two_users() {
  Profile profile;
  profile.administrator = true;
  profile.comments = "=1+2, \"x\"";
  profile.routing.forward_to = {"kate", "bob@example.net"};
  profile.permissions.max_outgoing_kb = 10;
  User fred;
  fred.name = "fred";
  fred.credentials.password = "$argon2id$x";
  fred.profile = std::make_shared<const Profile>(profile);
  User kate;
  kate.name = "kate";
  kate.credentials.password = "{PLAIN}secret";
  return {fred, kate};
}

TEST(UserCsv, WritesWhatCanBeImportedAgain) {  // USR-235, USR-236
  UserCsvExport options;
  options.passwords = true;
  const std::string text = write_user_csv(two_users(), options);
  EXPECT_THAT(text, testing::StartsWith("User Id,Admin,Password,"));
  EXPECT_THAT(text, testing::Not(HasSubstr("secret")));
  UserCsvOptions import_options;
  import_options.passwords = PasswordMode::file;
  const UserCsv csv = parse(text, import_options);
  for (const CsvProblem& problem : csv.problems) ADD_FAILURE() << problem.text();
  ASSERT_EQ(csv.rows.size(), 2u);
  EXPECT_EQ(csv.rows[0].password, "$argon2id$x");
  EXPECT_EQ(csv.rows[1].password, std::nullopt);
  Profile profile;
  for (const auto& [key, value] : csv.rows[0].settings) EXPECT_TRUE(set_key(profile, key, value)) << key;
  EXPECT_EQ(profile, *two_users()[0].profile);
}

TEST(UserCsv, WritesShortFormsAndNoTitles) {
  UserCsvExport options;
  options.titles = options.verbose = false;
  EXPECT_EQ(write_user_csv(two_users(), options), "fred,1\r\nkate,0\r\n");
}

}  // namespace
}  // namespace stagecoach::conf
