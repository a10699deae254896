// Counts of TLS reports.
#include "actors/tls_results.h"

#include <gtest/gtest.h>

#include "actors/tls_report.h"

namespace stagecoach {
namespace {

TEST(TlsResults, CountsADayAndADomainEach) {
  TlsResults results;
  const TlsSessionResult good{"example.net",    TlsPolicyKind::dane, {"3 1 1 ab"},
                              "mx.example.net", "192.0.2.1",         ""};
  TlsSessionResult bad = good;
  bad.failure = "certificate-expired";
  results.count(100, good);
  results.count(100, good);
  results.count(100, bad);
  results.count(100, bad);
  results.count(101, good);
  const auto day = results.of_day(100);
  ASSERT_EQ(day.size(), 1u);
  EXPECT_EQ(day[0].successes, 2);
  ASSERT_EQ(day[0].failures.size(), 1u);
  EXPECT_EQ(day[0].failures[0].sessions, 2);
  EXPECT_EQ(results.of_day(101)[0].successes, 1);
  results.count(102, good);  // yesterday is kept, the day before is not
  EXPECT_TRUE(results.of_day(100).empty());
  EXPECT_EQ(results.of_day(101).size(), 1u);
}

TEST(TlsResults, ForgetsRatherThanGrows) {
  TlsResults results;
  for (std::size_t i = 0; i < TlsResults::k_domains_max + 5; ++i)
    results.count(1, {std::to_string(i), TlsPolicyKind::none, {}, "mx", "", ""});
  EXPECT_EQ(results.of_day(1).size(), TlsResults::k_domains_max);
  TlsResults failures;
  for (std::size_t i = 0; i < TlsResults::k_failures_max + 5; ++i)
    failures.count(1, {"a", TlsPolicyKind::none, {}, "mx" + std::to_string(i), "", "validation-failure"});
  EXPECT_EQ(failures.of_day(1)[0].failures.size(), TlsResults::k_failures_max);
}

TEST(TlsReport, HasTheFormOfRfc8460) {
  TlsDomainResults entry{"example.net",
                         TlsPolicyKind::mta_sts,
                         {"version: STSv1", "mode: testing", "mx: *.example.net", "max_age: 1"},
                         5,
                         {{"certificate-host-mismatch", "mx.example.net", "192.0.2.1", 2}}};
  const auto report = tls_report("mail.example.com", 20000, {entry});
  EXPECT_EQ(report["date-range"]["start-datetime"], "2024-10-04T00:00:00Z");
  EXPECT_EQ(report["date-range"]["end-datetime"], "2024-10-04T23:59:59Z");
  const auto& policy = report["policies"][0];
  EXPECT_EQ(policy["policy"]["policy-type"], "sts");
  EXPECT_EQ(policy["policy"]["mx-host"], nlohmann::json::array({"*.example.net"}));
  EXPECT_EQ(policy["summary"]["total-successful-session-count"], 5);
  EXPECT_EQ(policy["summary"]["total-failure-session-count"], 2);
  EXPECT_EQ(policy["failure-details"][0]["receiving-mx-hostname"], "mx.example.net");
}

}  // namespace
}  // namespace stagecoach
