#include "conf/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "conf/reference.h"

namespace stagecoach::conf {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The first error of a configuration, or "".
std::string first_error(const std::string& text) {
  const ReadConfig read = read_config_text(text);
  for (const Problem& problem : read.problems)
    if (problem.severity == Problem::Severity::error) return problem.text();
  return {};
}

/// All warnings, joined.
std::string warnings(const std::string& text) {
  const ReadConfig read = read_config_text(text);
  std::string result;
  for (const Problem& problem : read.problems)
    if (problem.severity == Problem::Severity::warning) result += problem.text() + "\n";
  return result;
}

/// The skeleton of the design.
constexpr const char* k_skeleton = R"(
[server]
hostname = "mail.example.com"
data_dir = "/var/lib/stagecoach"
[storage]
database = "managed"
[local]
domains = ["example.com"]
[[service]]
name = "mx"
protocol = "smtp"
listen = ["0.0.0.0:25", "[::]:25"]
tls = "starttls"
[[user]]
name = "fred"
password = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA"
[[user]]
name = "albert"
[[mapping]]
address = "sales"
target = "albert"
[[connection]]
name = "main"
[[sender]]
connection = "main"
kind = "relay"
server = "smtp.isp.example:587"
[[collector]]
name = "isp"
connections = ["main"]
kind = "pop3"
host = "pop.isp.example"
username = "u"
password = "p"
accepted_domains = "example.net;example.org"
[[schedule]]
connections = ["main"]
every = "5m"
)";

TEST(Reader, ReadsTheSkeletonWithoutAnyProblem) {
  const ReadConfig read = read_config_text(k_skeleton);
  for (const Problem& problem : read.problems) ADD_FAILURE() << problem.text();
  const Config& config = read.config;
  EXPECT_EQ(config.server.hostname, "mail.example.com");
  EXPECT_EQ(config.services.at(0).addresses(), (std::vector<ListenAddress>{{"0.0.0.0", 25}, {"::", 25}}));
  EXPECT_EQ(config.services.at(0).where, (Provenance{"stagecoach.toml", 9}));
  EXPECT_EQ(config.senders.at(0).relay_servers(), (std::vector<HostPort>{{"smtp.isp.example", 587}}));
  EXPECT_EQ(config.collectors.at(0).pop3.server(), (HostPort{"pop.isp.example", 110}));
  EXPECT_EQ(config.collectors.at(0).id, 1);
  EXPECT_EQ(config.schedules.at(0).every, 5min);
  EXPECT_EQ(config.local.effective_default_domain(), "example.com");
  EXPECT_EQ(declared_mappings(config).at(0).where.text(), "stagecoach.toml:19");
  EXPECT_EQ(routing_options(config).hops_max, 100);
  EXPECT_TRUE(collector_routing(config, "isp")->accepted_domains.contains("x", "example.org"));
  EXPECT_EQ(collector_routing(config, "other"), nullptr);
}

TEST(Reader, TakesTheSectionsOfTheSpecification) {  // SND-3, SND-37
  const ReadConfig read = read_config_text(R"(
[local_mail]
local_domains = ["example.com"]
default_domain = "example.com"
[[connection]]
name = "main"
[[sender]]
connection = "main"
method = "relay"
[sender.relay]
servers = ["a.example", "b.example:2525"]
username = "u"
[sender.advanced]
retry = [10, 30]
[[collector]]
name = "isp"
connections = "main"
[collector.pop3]
host = "pop.example"
username = "u"
password = "p"
encryption = "ssl"
[collector.routing]
method = "parse_headers"
accepted_domains = ["example.net"]
[collector.routing.options]
order = ["received", "standard"]
special_headers = ["Delivered-To: 547-* ~"]
[[schedule]]
connect = ["default"]
at = "8:00"
days = ["m", "tu"]
)");
  EXPECT_TRUE(read.ok()) << read.problems.at(0).text();
  EXPECT_EQ(read.config.senders.at(0).relay_servers().at(0), (HostPort{"a.example", 25}));
  EXPECT_EQ(read.config.senders.at(0).advanced.retry_after(1), 10min);
  EXPECT_EQ(read.config.senders.at(0).advanced.retry_after(9), 30min);
  EXPECT_TRUE(read.config.senders.at(0).relay.auth_required);
  EXPECT_EQ(read.config.collectors.at(0).pop3.server().port, 995);
  EXPECT_EQ(read.config.collectors.at(0).routing.options.order.size(), 2u);
  EXPECT_TRUE(read.config.schedules.at(0).once);
  EXPECT_EQ(read.config.schedules.at(0).text(), "Once at 8:00 on M,Tu");
}

const struct {
  const char* text;
  const char* error;  // of the first line that is one
} k_errors[] = {
    {"[server]\nhostnam = \"a\"", "stagecoach.toml:2: server.hostnam: is not known; do you mean hostname?"},
    {"[sevrer]\nx = 1", "stagecoach.toml:1: sevrer: is not known; do you mean server?"},
    {"[server]\nhostname = 5", "stagecoach.toml:2: server.hostname: 5 is no text between quotes"},
    {"[server]\nhostname = \"\"", "stagecoach.toml:2: server.hostname: must not be empty"},
    {"[limits]\nhops_max = 5", "stagecoach.toml:2: limits.hops_max: 5 is not between 20 and 1000"},
    {"[dns]\ntimeout = \"1h\"", "stagecoach.toml:2: dns.timeout: \"1h\" is not between \"1s\" and \"2m\""},
    {"[dns]\ntimeout = \"10\"",
     "stagecoach.toml:2: dns.timeout: \"10\" is no duration like \"90s\", \"5m\", \"2h\" or \"3d\""},
    {"[dns]\ntimeout = 99999999999999",
     "stagecoach.toml:2: dns.timeout: 99999999999999 is too large for a duration"},
    {"[dns]\ntimeout = \"1500ms\"",
     "stagecoach.toml:2: dns.timeout: \"1500ms\" is finer than this setting's unit"},
    {"[log]\nlevel = \"loud\"",
     "stagecoach.toml:2: log.level: \"loud\" is none of error, warning, info, debug"},
    {"[log]\nlog_sessions = \"yes\"", "stagecoach.toml:2: log.log_sessions: \"yes\" is no true or false"},
    {"[limits]\nheader_max = \"1 TB\"",
     "stagecoach.toml:2: limits.header_max: \"1 TB\" is no size like \"64kB\", \"50MB\" or \"2GB\""},
    {"[user]\nname = \"fred\"", "stagecoach.toml:1: user: is an array of tables: write [[user]]"},
    {"user = [5]", "stagecoach.toml:1: user: is an array of tables: write [[user]]"},
    {"server = 5", "stagecoach.toml:1: server: is a table: write [server]"},
    {"[[user]]\npassword = \"{plain}x\"", "stagecoach.toml:1: user.name: is missing"},
    {"[[connection]]\nname = \"c\"\n[[collector]]\nname = \"a\"\nconnections = \"c\"\nusername = "
     "\"u\"\npassword = \"p\"\nhost = \"x\"\nserver = \"y\"",
     "stagecoach.toml:9: collector.a.server: is given twice (as collector.a.pop3.host)"},
    {"a = \nb = 1", "stagecoach.toml:1: "},
    // users
    {"[[user]]\nname = \"fred\"\n[[user]]\nname = \"Fred\"",
     "stagecoach.toml:4: user.Fred.name: the user Fred is declared twice (stagecoach.toml:1)"},
    {"[[user]]\nname = \"a b\"",
     "stagecoach.toml:2: user.a b.name: \"a b\" is no name: letters, digits, '.', '_' and '-' "
     "only"},  // USR-005
    {"[[user]]\nname = \"no-one\"", "stagecoach.toml:2: user.no-one.name: \"no-one\" is a built-in name"},
    {"[[user]]\nname = \"fred\"\npassword = \"secret\"",
     "stagecoach.toml:3: user.fred.password: is neither a hash \"$argon2id$...\" nor \"{plain}...\""},
    // mappings
    {"[[mapping]]\naddress = \"a~@b.example\"\ntarget = \"x\"", ""},
    {"[[mapping]]\naddress = \"~a@b.example\"\ntarget = \"x\"",
     "stagecoach.toml:2: mapping.~a@b.example.address: \"~a@b.example\": ~ must be the only "
     "character before the @"},
    {"[[mapping]]\naddress = \"sales\"\ntarget = \"x@y.example\"",
     "stagecoach.toml:3: mapping.sales.target: \"x@y.example\" is an address; a target is the name "
     "of a user, a list or a group, No-one or *REMOTE"},
    {"[[mapping]]\naddress = \"sales\"\ntarget = \"x\"\ntype = \"pop3\"\ncollector = \"nix\"",
     "stagecoach.toml:5: mapping.sales.collector: there is no collector \"nix\""},
    // local
    {"[local]\ndefault_domain = [\"a.example\", \"b.example\"]",
     "stagecoach.toml:2: local.default_domain: exactly one domain can be the default"},  // LOC-1
    {"[local]\ndefault_domain = \"a.example;b.example\"",
     "stagecoach.toml:2: local.default_domain: exactly one domain can be the default"},
    // services
    {"[[service]]\nname = \"l\"\nprotocol = \"ldap\"\nlisten = \"*:389\"",
     "stagecoach.toml:3: service.l.protocol: ldap is not built yet"},
    {"[[service]]\nname = \"mx\"\nlisten = [\"1.2.3.4\"]",
     "stagecoach.toml:3: service.mx.listen: \"1.2.3.4\" is no address and port like \"0.0.0.0:25\", "
     "\"[::]:25\" or \"*:25\""},
    {"[[service]]\nname = \"mx\"\nlisten = []", "stagecoach.toml:3: service.mx.listen: must not be empty"},
    {"[[service]]\nname = \"a\"\nlisten = \"*:25\"\n[[service]]\nname = \"b\"\nlisten = "
     "\"0.0.0.0:25\"",
     "stagecoach.toml:6: service.b.listen: 0.0.0.0 port 25 is taken by service a "
     "(stagecoach.toml:1)"},
    {"[tls]\ncertificate = \"a.pem\"", "stagecoach.toml:2: tls.certificate: a certificate needs its key"},
    {"[server]\nmain_administrator = \"a@b.example\"",
     "stagecoach.toml:2: server.main_administrator: is the name of a local user, not an address"},
    {"[pipeline]\nstages = [\"origin\"]",
     "stagecoach.toml:2: pipeline.stages: the stage \"recipients\" cannot be left out"},
    {"[storage]\ndatabase = \"mysql\"",
     "stagecoach.toml:2: storage.database: is neither \"managed\" nor a libpq connection string"},
    // connections, senders, collectors, schedules
    {"[[sender]]\nconnection = \"a\"",
     "stagecoach.toml:2: sender.a.connection: there is no [[connection]] \"a\""},
    {"[[connection]]\nname = \"a\"\n[[sender]]\nconnection = \"a\"\n[[sender]]\nconnection = \"a\"",
     "stagecoach.toml:6: sender.a.connection: has a sender already (stagecoach.toml:3)"},
    {"[[connection]]\nname = \"a\"\n[[sender]]\nconnection = \"a\"\nserver = \"x:y\"",
     "stagecoach.toml:5: sender.a.relay.servers: \"x:y\" is no host or host:port"},
    {"[[connection]]\nname = \"a\"\nfallback = \"b\"",
     "stagecoach.toml:3: connection.a.fallback: there is no [[connection]] \"b\""},
    {"[[collector]]\nname = \"a\"\nhost = \"h\"\nusername = \"u\"\npassword = \"p\"",
     "stagecoach.toml:1: collector.a.connections: is missing"},  // COL-2
    {"[[connection]]\nname = \"c\"\n[[collector]]\nname = \"a\"\nconnections = [\"c\"]\nhost = "
     "\"h\"\nusername = \"u\"\npassword = \"p\"\nauth = \"spa\"",
     "stagecoach.toml:9: collector.a.pop3.auth: SPA and RPA belong to services that no longer exist; "
     "plain, apop, cram-md5 and xoauth2 are left"},  // COL-13
    {"[[connection]]\nname = \"c\"\n[[collector]]\nname = \"a\"\nconnections = [\"c\"]\nhost = "
     "\"h\"\nusername = \"u\"\npassword = \"p\"\norder = [\"stop\"]",
     "stagecoach.toml:9: collector.a.order: is not known"},
    {"[[connection]]\nname = \"c\"\n[[collector]]\nname = \"a\"\nconnections = [\"c\"]\nhost = "
     "\"h\"\nusername = \"u\"\npassword = \"p\"\noptions.order = [\"stop\"]",
     "stagecoach.toml:9: collector.a.routing.options.order: stops before anything is looked at"},  // COL-77
    {"[[schedule]]\nfrom = \"21:00\"\nto = \"9:00\"",
     "stagecoach.toml:2: schedule.from: is later than `to`; a period over midnight takes two "
     "items"},  // CON-24
    {"[[schedule]]\nconnections = [\"x\"]",
     "stagecoach.toml:2: schedule.connections: there is no [[connection]] \"x\""},
};

TEST(Reader, NamesFileLineKeyAndReason) {
  for (const auto& [text, error] : k_errors) {
    if (std::string(error).ends_with(": "))
      EXPECT_THAT(first_error(text), HasSubstr(error)) << text;
    else
      EXPECT_EQ(first_error(text), error) << text;
  }
}

// Each of them ended the program by an assertion of the library, or ran into undefined behaviour.
TEST(Reader, ReportsTextsThatTheLibraryStumblesOver) {
  for (const char* text : {"\xef\xbb\xa5[[user]]", "server = +\"\xef\xb3\xbf\" \"\n", "[[{\n", "[=]\n",
                           "[[\x10]]\n", "[a.[b]\n"})
    EXPECT_THAT(first_error(text), testing::StartsWith("stagecoach.toml:1: ")) << text;
}

TEST(Reader, ReportsAllProblemsInTheOrderOfLines) {
  const ReadConfig read = read_config_text("[server]\nx = 1\nhostname = 5\n[log]\nlevel = \"z\"\n");
  std::vector<int> lines;
  for (const Problem& problem : read.problems)
    if (problem.severity == Problem::Severity::error) lines.push_back(problem.line);
  EXPECT_THAT(lines, ElementsAre(2, 3, 5));
}

TEST(Reader, NamesTheLineOfTheRightOneOfTwoEntriesOfOneName) {
  const std::string fine = "[[mapping]]\naddress = \"a\"\ntarget = \"x\"\n";
  const std::string wrong = "[[mapping]]\naddress = \"a\"\ntarget = \"x y\"\n";
  EXPECT_THAT(first_error(wrong + fine), HasSubstr("stagecoach.toml:3: "));
  EXPECT_THAT(first_error(fine + wrong), HasSubstr("stagecoach.toml:6: "));
}

TEST(Reader, TakesAnyNumberOfConnections) {  // CON-1
  std::string text;
  for (int i = 0; i < 50; ++i) text += "[[connection]]\nname = \"c" + std::to_string(i) + "\"\n";
  EXPECT_EQ(first_error(text), "");
}

TEST(Reader, LooksAtTheLinksOfConnections) {  // CON-2, CON-5
  const std::string begin = "[[connection]]\nname = \"dsl\"\n";
  struct Case {
    const char* keys;
    const char* error;
  };
  for (const Case& one :
       {Case{"kind = \"command\"\n", "up_command"}, Case{"kind = \"dialup\"\nup_command = [\"true\"]\n", ""},
        Case{"up_command = [\"true\"]\n", "works with kind"},
        Case{"down_command = [\"true\"]\n", "works with kind"},
        Case{"connected_command = [\"true\"]\n", ""}}) {
    const std::string error = first_error(begin + one.keys);
    if (*one.error)
      EXPECT_THAT(error, HasSubstr(one.error)) << one.keys;
    else
      EXPECT_EQ(error, "") << one.keys;
  }
}

const struct {
  const char* text;
  const char* warning;
} k_warnings[] = {
    {"[local]\ndomains = [\"a.example\"]\n[[user]]\nname = \"fred\"\npassword = \"{plain}secret\"",
     "in plain text"},
    {"[local]\ndomains = [\"*\"]", "makes every address local"},
    {"[local]\ndomains = [\"a.example\"]\n[[user]]\nname = \"fred\"\n[[mapping]]\naddress = \"x\"\ntarget = "
     "\"gone\"",
     "no user, list or group gone is declared here"},
    {"[local]\ndomains = [\"a.example\"]\n[[mapping]]\naddress = \"fred@*\"\ntarget = \"x\"",
     "addresses of other companies"},
    {"", "no local domain is given"},
};

TEST(Reader, WarnsWithoutRefusing) {
  for (const auto& [text, warning] : k_warnings) {
    EXPECT_EQ(first_error(text), "") << text;
    EXPECT_THAT(warnings(text), HasSubstr(warning)) << text;
  }
}

TEST(Reader, NeverShowsASecret) {
  const ReadConfig read = read_config_text("[[user]]\nname = \"fred\"\npassword = \"topsecret\"");
  for (const Problem& problem : read.problems) EXPECT_THAT(problem.text(), Not(HasSubstr("topsecret")));
}

TEST(Reader, ChecksAgainstTheNamesOfTheDirectory) {
  const ReadConfig read = read_config_text(k_skeleton);
  EXPECT_TRUE(check_against(read.config, {{"FRED", "Albert"}, {}, {}}).empty());
  EXPECT_TRUE(check_against(read.config, {{"fred"}, {"albert"}, {}}).empty());
  const Problems problems = check_against(read.config, {{"fred"}, {}, {}});
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].text(),
            "stagecoach.toml:19: mapping.sales.target: there is no user, list or group \"albert\"");
}

TEST(Reader, MergesTablesAndAppendsEntries) {
  const ReadConfig read = read_config_texts(
      {{"/etc/a.toml", "a.toml", "[server]\nhostname = \"a.example\"\n[[user]]\nname = \"fred\""},
       {"/etc/b.toml", "b.toml", "[server]\ndata_dir = \"d\"\n[[user]]\nname = \"kate\""}});
  EXPECT_TRUE(read.ok());
  EXPECT_EQ(read.config.server.data_dir, "d");
  EXPECT_EQ(read.config.users.at(1).where, (Provenance{"b.toml", 3}));
  const ReadConfig twice =
      read_config_texts({{"/etc/a.toml", "a.toml", "[server]\nhostname = \"a.example\""},
                         {"/etc/b.toml", "b.toml", "[server]\nhostname = \"b.example\""}});
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.problems.at(0).file, "/etc/a.toml");  // the warning about local domains has no line
}

TEST(Reader, ReadsFilesAndFolders) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(testing::TempDir()) / "stagecoach_reader_test";
  fs::remove_all(folder);
  fs::create_directories(folder / "stagecoach.d");
  std::ofstream(folder / "stagecoach.toml")
      << "[local]\ndomains = [\"a.example\"]\n[tls]\ncertificate = \"c\"\nkey = \"k\"\n";
  std::ofstream(folder / "stagecoach.d" / "20-b.toml") << "[[user]]\nname = \"kate\"\n";
  std::ofstream(folder / "stagecoach.d" / "10-a.toml") << "[[user]]\nname = \"fred\"\n";
  std::ofstream(folder / "stagecoach.d" / "notes.txt") << "no TOML";
  const ReadConfig file = read_config((folder / "stagecoach.toml").string());
  ASSERT_EQ(file.config.users.size(), 2u);
  EXPECT_EQ(file.config.users[0].where.text(), "stagecoach.d/10-a.toml:1");
  EXPECT_EQ(file.config.resolve("x.pem"), (folder / "x.pem").string());
  EXPECT_FALSE(file.ok()) << "the certificate does not exist";
  EXPECT_EQ(file.problems.at(file.problems.size() - 1).severity, Problem::Severity::warning);
  const ReadConfig all = read_config((folder / "stagecoach.d").string());
  EXPECT_EQ(all.config.users.size(), 2u);
  EXPECT_EQ(all.config.users[0].where.text(), "10-a.toml:1");
  const ReadConfig missing = read_config((folder / "none.toml").string());
  EXPECT_FALSE(missing.ok());
  fs::remove_all(folder);
}

TEST(Sample, IsReadWithoutErrors) {
  SampleOptions options = unprivileged_sample();
  options.users = {{"fred", "{plain}one", false}, {"boss", "{plain}t\"wo", true}};
  const ReadConfig read = read_config_text(sample_configuration(options));
  for (const Problem& problem : read.problems)
    EXPECT_EQ(problem.severity, Problem::Severity::warning) << problem.text();
  ASSERT_EQ(read.config.services.size(), 4u);
  EXPECT_EQ(read.config.services[0].addresses().at(0), (ListenAddress{"0.0.0.0", 2525}));
  ASSERT_EQ(read.config.users.size(), 2u);
  EXPECT_EQ(read.config.users[1].password.value, "{plain}t\"wo");
  EXPECT_TRUE(read.config.users[1].profile.administrator);
}

}  // namespace
}  // namespace stagecoach::conf
