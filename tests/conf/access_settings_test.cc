// [[service.access]]: what is read and what is refused.
#include <gmock/gmock.h>

#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ReadConfig read(const std::string& access, const char* protocol = "pop3") {
  return read_config_text(
      "[server]\nhostname = \"h.example\"\ndata_dir = \"d\"\n[local]\ndomains = [\"example.com\"]\n"
      "[[service]]\nname = \"pop\"\nprotocol = \"" +
      std::string(protocol) + "\"\nlisten = [\"127.0.0.1:1110\"]\n" + access);
}

std::string problems_of(const ReadConfig& read) {
  std::string text;
  for (const Problem& problem : read.problems) text += problem.text() + "\n";
  return text;
}

TEST(AccessSettings, AreReadInTheirOrder) {
  const ReadConfig config = read(
      "access = [ { type = \"local_nets\" },\n"
      "  { action = \"block\", type = \"ipv4\", address = \"192.0.2.0\", prefix = 24, users = \"fred; kate\" "
      "} ]\n");
  const auto& access = config.config.services.at(0).access;
  ASSERT_EQ(access.size(), 2u) << problems_of(config);
  EXPECT_EQ(access[0].type, routing::AccessType::local_nets);
  EXPECT_EQ(access[1].action, routing::AccessAction::block);
  EXPECT_EQ(access[1].prefix, 24);
  EXPECT_THAT(access[1].users, ElementsAre("fred", "kate"));
}

TEST(AccessSettings, AreCheckedWithTheirLine) {
  const struct {
    const char* access;
    const char* protocol;
    const char* problem;
  } k_cases[] = {
      {"access = [ { type = \"ipv4\", address = \"here\" } ]", "pop3",
       "stagecoach.toml:10: service.pop.access.here.address: \"here\" is no IPv4 address"},
      {"[[service.access]]\ntype = \"ipv4\"\naddress = \"192.0.2.7\"\nprefix = 33", "pop3",
       "stagecoach.toml:13: service.pop.access.192.0.2.7.prefix: is at most 32"},
      {"access = [ { type = \"ipv4\", address = \"192.0.2.7\", prefix = 24 } ]", "pop3",
       "stagecoach.toml:10: service.pop.access.192.0.2.7.address: \"192.0.2.7/24\" is the address of a "
       "computer: "
       "its network is 192.0.2.0/24"},  // REF-122
      {"access = [ { type = \"ipv6\", address = \"2001:db8::1/64\" } ]", "pop3",
       "its network is 2001:db8::/64"},
      {"access = [ { type = \"any\", users = [\"fred\"] } ]", "lmtp",
       "warning: has no effect: nobody logs in"},
      {"access = [ { type = \"mars\" } ]", "pop3", "\"mars\""},
  };
  for (const auto& [access, protocol, problem] : k_cases)
    EXPECT_THAT(problems_of(read(access, protocol)), HasSubstr(problem)) << access;
}

}  // namespace
}  // namespace stagecoach::conf
