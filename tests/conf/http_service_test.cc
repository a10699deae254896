// Services with the protocol http, and where the links of lists lead.
#include <gmock/gmock.h>

#include "conf/reader.h"

namespace stagecoach::conf {
namespace {

using ::testing::HasSubstr;

/// The first problem of this kind that is about the key, or "".
std::string first(const std::string& text, Problem::Severity severity) {
  for (const Problem& problem : read_config_text(text).problems)
    if (problem.severity == severity && problem.key == "lists.unsubscribe_url") return problem.text();
  return {};
}

const std::string k_service =
    "[server]\nhostname = \"a.example\"\ndata_dir = \"data\"\n"
    "[[service]]\nname = \"web\"\nprotocol = \"http\"\nlisten = \"*:8080\"\n";

std::string config_with(const std::string& url, const std::string& service = k_service) {
  return "[lists]\nunsubscribe_url = \"" + url + "\"\n" + service;
}

TEST(HttpService, IsReadWithItsIdleTime) {
  const ReadConfig read = read_config_text(k_service);
  for (const Problem& problem : read.problems)
    EXPECT_NE(problem.severity, Problem::Severity::error) << problem.text();
  ASSERT_EQ(read.config.services.size(), 1u);
  EXPECT_EQ(read.config.services[0].effective_idle_timeout(), std::chrono::seconds(60));
}

TEST(UnsubscribeUrl, HasSchemeAndHostAndNothingBehind) {
  for (const char* right :
       {"", "https://lists.example.com", "https://lists.example.com:8443", "https://[::1]:8443"})
    EXPECT_EQ(first(config_with(right), Problem::Severity::error), "") << right;
  for (const char* wrong :
       {"lists.example.com", "https://", "https://lists.example.com/", "https://lists.example.com/a",
        "https://lists.example.com?a", "https://a b", "https://a@b", "ftp://a", "https://a:0", "https://a>b"})
    EXPECT_THAT(first(config_with(wrong), Problem::Severity::error),
                HasSubstr("2: lists.unsubscribe_url: \"" + std::string(wrong) + "\" is not http://"))
        << wrong;
}

TEST(UnsubscribeUrl, IsWarnedAboutWhereItHelpsNobody) {
  const auto warning = [](const std::string& text) { return first(text, Problem::Severity::warning); };
  EXPECT_EQ(warning(config_with("https://a.example")), "");
  EXPECT_EQ(warning(config_with("")), "");
  EXPECT_THAT(warning(config_with("http://a.example")), HasSubstr("only with https://"));
  std::string other = k_service;
  other.replace(other.find("http\""), 5, "imap\"");
  EXPECT_THAT(warning(config_with("https://a.example", other)),
              HasSubstr("no service has the protocol http"));
  EXPECT_THAT(warning(config_with("https://a.example", k_service + "enabled = false\n")),
              HasSubstr("no service has the protocol http"));
}

}  // namespace
}  // namespace stagecoach::conf
