// Users, lists, groups and mappings in a configuration: what is read and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Two lines in front of a text, and what keeps unrelated warnings away behind it.
constexpr const char* k_start = "[local]\ndomains = [\"example.com\"]\n";
constexpr const char* k_end = "\n[[service]]\nname = \"mx\"\nlisten = \"*:25\"\n";

std::string problems(const std::string& text, Problem::Severity severity) {
  std::string result;
  for (const Problem& problem : read_config_text(k_start + text + k_end).problems)
    if (problem.severity == severity) result += problem.text() + "\n";
  return result;
}

std::string errors(const std::string& text) { return problems(text, Problem::Severity::error); }
std::string warnings(const std::string& text) { return problems(text, Problem::Severity::warning); }

/// Every section of users, lists and groups, in the spelling of the documentation.
constexpr const char* k_directory = R"(
[[group]]
name = "office"
force = true
monitor = true
send_internet = "individual"
reply_address = "*@example.com"
[[user]]
username = "kate"
comments = "Sales"
primary_group = "office"
expires_on = 2026-12-31
receive_internet = false
quota = "2GB"
[user.permissions]
protocols.imap4 = false
status.connect = true
max_outgoing_kb = 10
target_blacklist = "*@a.example; b@c.example"
[user.routing]
assistants = ["joe", "SMTP:kate@example.com@192.168.1.1"]
forward_window.from = "8:00"
size_ge = { kb = 100, action = "redirect", targets = "joe" }
[user.signature.outgoing]
plain = "-- Kate"
[user.autoresponder]
header_filters = ["Subject: NoReply*"]
[[user.autoresponder.definitions]]
name = "Holiday"
response_text = "Away"
copy_original_to = "a@b.example, c@d.example e@f.example"
[[user.autoresponder.rules]]
name = "Summer"
autoresponder = "Holiday"
date_from = 2016-08-01
date_to = 2016-08-14
time_from = "8:15"
datetime_from = 2016-08-01 08:15:00
days = ["mo", "Tue"]
fields = { event = "holiday" }
[[user.message_rules]]
name = "Alarms"
all_conditions = true
types = ["incoming", "local", "system"]
conditions = [{ field = "Subject", ci = true, not = false, match = "contains", data = "WARNING" }]
actions = [{ action = "copy_to_folder", data = "Alarms" }]
[user.prune]
use_global = false
[[user.prune.rules]]
age = 30
spam_only = false
[user.address_book]
cn = "Kate K"
[user.custom]
colour = "red"
[[user.app_passwords]]
name = "phone"
password = "$argon2id$x"
protocols = ["imap"]
[[user]]
name = "joe"
[[list]]
name = "customers"
type = "mailing"
allow_incoming = true
members = ["kate", "bob@example.net"]
[[list]]
name = "info"
type = "forwarding"
forwarding_address = "kate"
)";

TEST(CheckDirectory, ReadsUsersListsAndGroups) {
  const ReadConfig read = read_config_text(std::string(k_start) + k_directory + k_end);
  for (const Problem& problem : read.problems)
    EXPECT_THAT(problem.text(), HasSubstr("has no effect yet")) << problem.text();
  const std::vector<User> users = declared_users(read.config);
  ASSERT_EQ(users.size(), 2u);
  const Profile& kate = *users[0].profile;
  EXPECT_EQ(users[0].name, "kate");
  EXPECT_EQ(kate.expires_on, "2026-12-31");
  EXPECT_EQ(kate.quota_bytes, std::int64_t{2} << 30);
  EXPECT_FALSE(kate.permissions.imap4);
  EXPECT_TRUE(kate.permissions.status_connect);
  EXPECT_FALSE(kate.permissions.receive_internet);
  EXPECT_THAT(kate.permissions.target_blacklist, ElementsAre("*@a.example", "b@c.example"));
  EXPECT_THAT(kate.routing.assistants, ElementsAre("joe", "SMTP:kate@example.com@192.168.1.1"));
  EXPECT_EQ(kate.routing.size_ge, (SizeRouting{100, CopyMode::redirect, {"joe"}}));
  EXPECT_EQ(kate.signature.outgoing.plain, "-- Kate");
  const Autoresponder& autoresponder = kate.autoresponder;
  EXPECT_EQ(autoresponder.definitions.at(0).copy_original_to.size(), 3u);
  EXPECT_EQ(autoresponder.rules.at(0).date_from, "2016-08-01");
  EXPECT_EQ(autoresponder.rules.at(0).time_from, "08:15");
  EXPECT_EQ(autoresponder.rules.at(0).datetime_from, "2016-08-01 08:15");
  EXPECT_THAT(autoresponder.rules.at(0).days, ElementsAre(1, 2));
  EXPECT_EQ(autoresponder.rules.at(0).fields.at("event"), "holiday");
  EXPECT_EQ(kate.message_rules.at(0).conditions.at(0).data, "WARNING");
  EXPECT_EQ(kate.message_rules.at(0).actions.at(0).verb, RuleVerb::copy_to_folder);
  EXPECT_THAT(kate.message_rules.at(0).where.text(), HasSubstr("stagecoach.toml:"));
  EXPECT_EQ(kate.prune.rules.at(0), (PruneRule{.age_days = 30, .spam_only = false}));
  EXPECT_EQ(kate.address_book.at("cn"), "Kate K");
  EXPECT_EQ(kate.custom.at("colour"), "red");
  EXPECT_EQ(users[0].credentials.app_passwords.at(0).protocols, protocol_imap);
  EXPECT_EQ(declared_groups(read.config).at(0).monitor, std::optional(true));
  EXPECT_EQ(declared_groups(read.config).at(0).send_internet, std::nullopt);
  const std::vector<MailList> lists = declared_lists(read.config);
  EXPECT_EQ(lists.at(0).type, ListType::mailing);
  EXPECT_THAT(*lists.at(0).members, ElementsAre("kate", "bob@example.net"));
  EXPECT_THAT(*lists.at(1).members, ElementsAre("kate"));
}

TEST(CheckDirectory, ReadsTheGlobalSections) {
  const ReadConfig read = read_config_text(std::string(k_start) + R"(
[autoresponder]
subject_prefix = "Re: "
[[autoresponder_template]]
name = "Holiday"
[signature.outgoing]
default_plain = "x"
[signature.internal]
auth_html = "y"
[monitor]
incoming = "selected"
target = "boss"
[permissions]
sender_blacklist = ["*@spam.example"]
[quota]
stage1_percent = 70
[[domain_mapping]]
from = "internal"
to = "example.com"
[prune]
recycle_bin_hours = 24
[[prune.rules]]
folder = "Trash"
age = 7
[misc]
hold_outgoing = "2d"
delete_outgoing = 60
[message_targets]
MailboxQuota = "none"
[messages]
welcome_message = "Hello {username}"
[scripts]
on_error = "defer"
memory_max = "32MB"
[pipeline]
require_tests = true
)" + k_end);
  for (const Problem& problem : read.problems) ADD_FAILURE() << problem.text();
  const Policy policy = policy_of(read.config);
  EXPECT_EQ(policy.autoresponder.subject_prefix, "Re: ");
  EXPECT_EQ(policy.autoresponder_templates.at(0).name, "Holiday");
  EXPECT_EQ(policy.outgoing_signature.default_plain, "x");
  EXPECT_EQ(policy.internal_signature.auth_html, "y");
  EXPECT_EQ(policy.monitor.incoming, MonitorMode::selected);
  EXPECT_THAT(policy.permissions.sender_blacklist, ElementsAre("*@spam.example"));
  EXPECT_EQ(policy.quota.stage1_percent, 70);
  EXPECT_EQ(policy.domain_mappings.at(0), (DomainMapping{"internal", "example.com"}));
  EXPECT_EQ(policy.prune.recycle_bin_hours, 24);
  EXPECT_EQ(policy.prune.rules.at(0).age_days, 7);
  EXPECT_EQ(policy.outgoing, (OutgoingPolicy{2880, 60}));
  EXPECT_EQ(policy.message_targets.at("MailboxQuota"), "none");
  EXPECT_EQ(policy.welcome_message, "Hello {username}");
  EXPECT_EQ(routing_options(read.config).policy, policy);
  EXPECT_EQ(read.config.scripts.on_error, ScriptFailure::defer);
  EXPECT_TRUE(read.config.pipeline.require_tests);
}

const struct {
  const char* text;   // begins in line 3
  const char* error;  // part of the errors; "": none
} k_errors[] = {
    // one name space: USR-004, LST-003, LST-072, GRP-02
    {"[[user]]\nname = \"fred\"\n[[list]]\nname = \"Fred\"",
     "stagecoach.toml:6: list.Fred.name: a user has this name (stagecoach.toml:3)"},
    {"[[list]]\nname = \"a\"\n[[list]]\nname = \"a\"",
     "stagecoach.toml:6: list.a.name: the list a is declared twice (stagecoach.toml:3)"},
    {"[[list]]\nname = \"a\"\n[[group]]\nname = \"a\"",
     "stagecoach.toml:6: group.a.name: a list has this name (stagecoach.toml:3)"},
    {"[[group]]\nname = \"everyone\"", "4: group.everyone.name: \"everyone\" is a built-in name"},  // LST-086
    {"[[list]]\nname = \"a b\"", "4: list.a b.name: \"a b\" is no name"},
    // settings of users
    {"[[user]]\nname = \"f\"\ncomments = "
     "\"012345678901234567890123456789012345678901234567890123456789012345678"
     "9012345678901\"",
     "5: user.f.comments: \"012345678901234567890123456789012345678901234567890123456789...\" is longer than "
     "80 "
     "characters"},  // USR-036
    {"[[user]]\nname = \"f\"\nexpires_on = \"soon\"",
     "5: user.f.expires_on: \"soon\" is no date like \"2026-12-31\""},
    {"[[user]]\nname = \"f\"\n[user.routing]\nredirect_to_assistant = true\nassistants = \"x\"\nforward_to = "
     "\"y\"",
     "6: user.f.routing.redirect_to_assistant: cannot be combined with forward_to"},  // USR-071
    {"[[user]]\nname = \"f\"\n[user.routing]\nforward_window.from = \"20260202\"\nforward_window.to = "
     "\"20260101\"",
     "user.f.routing.forward_window: "},
    {"[[user]]\nname = \"f\"\n[user.permissions]\nprotocols.imap = true",
     "6: user.f.permissions.protocols.imap: is not known; do you mean protocols.imap4?"},
    {"[[user]]\nname = \"f\"\nreceive_internet = true\n[user.permissions]\nreceive_internet = false",
     "5: user.f.receive_internet: is given twice (as user.f.permissions.receive_internet)"},
    {"[[user]]\nname = \"f\"\naliases = [\"~x@y.example\"]",
     "5: user.f.aliases: \"~x@y.example\": ~ must be"},
    {"[[user]]\nname = \"f\"\npassword = \"{md4}x\"", "5: user.f.password: is neither a hash"},
    {"[[user]]\nname = \"f\"\npassword = \"{SSHA}x\"", ""},
    {"[[user]]\nname = \"f\"\n[[user.message_rules]]\nname = \"a\"\n[[user.message_rules]]\nname = \"A\"",
     "7: user.f.message_rules.A: another rule has this name"},
    {"[[user]]\nname = \"f\"\n[[user.message_rules]]\nname = \"a\"\nconditions = [{ field = \"Subject\", "
     "match = "
     "\"regex\", data = \"(\" }]",
     "5: user.f.message_rules.a: "},
    {"[[user]]\nname = \"f\"\n[[user.message_rules]]\nname = \"a\"\nconditions = [{ data = \"(\" }]",
     "7: user.f.message_rules.a.conditions.field: is missing"},
    {"[[user]]\nname = \"f\"\n[[user.autoresponder.rules]]\nname = \"a\"\nautoresponder = \"<None>\"\nsender "
     "= "
     "\"/(/\"",
     "8: user.f.autoresponder.rules.a.sender: \"/(/\" does not compile"},
    {"[[user]]\nname = \"f\"\n[[user.autoresponder.rules]]\nname = \"a\"\nautoresponder = \"x\"",
     "user.f.autoresponder.rules.a: there is no definition \"x\""},
    // lists and groups
    {"[[list]]\nname = \"l\"\ntype = \"forwarding\"\nmembers = [\"a\", \"b\"]",
     "6: list.l.members: a forwarding has exactly one member, not 2"},  // LST-061
    {"[[list]]\nname = \"l\"\ntype = \"external_db\"",
     "3: list.l.source.database: is missing: the name of a [[database]], or source.conninfo"},
    {"[[list]]\nname = \"l\"\ntype = \"external_db\"\nsource.query = \"SELECT 1\"\nsource.database = \"crm\"",
     "7: list.l.source.database: there is no [[database]] \"crm\""},
    {"[[database]]\nname = \"crm\"\nconninfo = \"x=y\"\n[[list]]\nname = \"l\"\ntype = \"external_db\"\n"
     "source.query = \"SELECT 1\"\nsource.database = \"crm\"\nsource.conninfo = \"x=y\"",
     "10: list.l.source.database: and source.conninfo are both given"},
    {"[[list]]\nname = \"l\"\nmembers = [\"a b\"]",
     "5: list.l.members: \"a b\" is no user, list, group or address"},
    {"[[list]]\nname = \"l\"\nheader_modifiers = [\"no colon\"]", "\"no colon\" is no \"Field: data\""},
    {"[[list]]\nname = \"l\"\nbanned = [\"/(/\"]", "5: list.l.banned: \"/(/\" does not compile"},
    {"[[list]]\nname = \"m\"\ntype = \"mailing\"\narchive = true\narchive_keep_days = 3\n[[list]]\nname = "
     "\"d\"\n"
     "type = \"mailing\"\ndigest_of = \"m\"\ndigest_every_days = 7",
     "7: list.m.archive_keep_days: is shorter than digest_every_days of d (stagecoach.toml:8)"},  // LST-058
    {"[[list]]\nname = \"m\"\ntype = \"mailing\"\n[[list]]\nname = \"d\"\ntype = \"mailing\"\ndigest_of = "
     "\"m\"",
     "9: list.d.digest_of: m needs archive = true"},
    {"[[group]]\nname = \"g\"\nreply_address = \"fred\"",
     "5: group.g.reply_address: is neither an address nor"},
    {"[[group]]\nname = \"g\"\nmonitor = \"maybe\"", "\"maybe\" is neither true, false nor \"individual\""},
    // circles
    {"[[user]]\nname = \"fred\"\nrouting.forward_to = \"kate\"\n[[user]]\nname = "
     "\"kate\"\nrouting.forward_to = "
     "\"Fred@example.com\"",
     "5: user.fred.routing.forward_to: mail goes round: fred -> kate -> fred (stagecoach.toml:3, "
     "stagecoach.toml:6)"},
    // global
    {"[message_targets]\nMailboxQuota = \"a@b.example\"", "4: message_targets.MailboxQuota: is neither"},
    {"[[domain_mapping]]\nfrom = \"a@b\"\nto = \"c\"", "domain_mapping: \"a@b\" is no domain"},
};

TEST(CheckDirectory, RefusesWhatCannotWork) {
  for (const auto& [text, error] : k_errors) {
    if (*error)
      EXPECT_THAT(errors(text), HasSubstr(error)) << text;
    else
      EXPECT_EQ(errors(text), "") << text;
  }
}

const struct {
  const char* text;
  const char* warning;
} k_warnings[] = {
    {"[[user]]\nname = \"f\"\nprimary_group = \"g\"",
     "5: user.f.primary_group: warning: no group g is declared"},
    {"[[user]]\nname = \"f\"\nrouting.forward_to = \"nobody\"",
     "5: user.f.routing.forward_to: warning: no user, list or group nobody is declared here"},
    {"[[user]]\nname = \"f\"\n[[list]]\nname = \"l\"\nmembers = [\"gone\"]", "no user, list or group gone"},
    {"[[list]]\nname = \"a\"\nmembers = [\"b\"]\n[[list]]\nname = \"b\"\nmembers = [\"a\"]",
     "5: list.a.members: warning: lists contain each other: a -> b -> a"},  // LST-008
    {"[[user]]\nname = \"f\"\n[user.webmail]\nreal_name = \"F\"",
     "6: user.f.webmail.real_name: warning: is read, but has no effect yet"},
    {"[[user]]\nname = \"f\"\npermissions.status.connect = true",
     "user.f.permissions.status.connect: warning: is"},
    {"[[user]]\nname = \"f\"\npassword = \"{SSHA}x\"", "is an old form of hash"},
    {"[monitor]\nincoming = \"all\"", "monitor.target: warning: is missing"},
};

TEST(CheckDirectory, WarnsOfWhatLooksWrong) {
  for (const auto& [text, warning] : k_warnings) {
    EXPECT_EQ(errors(text), "") << text;
    EXPECT_THAT(warnings(text), HasSubstr(warning)) << text;
  }
}

TEST(CheckDirectory, DoesNotShowPasswordsOfTargets) {
  EXPECT_THAT(errors("[[user]]\nname = \"f\"\nrouting.forward_to = \"SMTP:a@b@u:topsecret@h h\""),
              testing::Not(HasSubstr("topsecret")));
}

}  // namespace
}  // namespace stagecoach::conf
