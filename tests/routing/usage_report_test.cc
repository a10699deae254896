#include "routing/usage_report.h"

#include <gmock/gmock.h>

namespace stagecoach::routing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

UsageDay small_day() {
  UsageDay day{"2026-11-20", "mail.example.com"};
  day.totals = {{UsageCode::local_received, "kate", 2, 2048},
                {UsageCode::internet_received, "kate", 1, 500},
                {UsageCode::local_sent, "fred", 2, 2048},
                {UsageCode::internet_sent, "fred", 1, 20 * 1024 * 1024},
                {UsageCode::internet_sent, "", 3, 900},
                {UsageCode::system_received, "admin", 1, 100},
                {UsageCode::collected, "", 1, 700},
                {UsageCode::client_sent, "fred", 1, 20 * 1024 * 1024},
                {UsageCode::lan_queued, "fred", 1, 10},
                {UsageCode::lan_queued_for, "", 4, 40},
                {UsageCode::lan_sent, "fred", 1, 10},
                {UsageCode::urgent, "fred", 1, 10},
                {UsageCode::failed, "", 2, 20},
                {UsageCode::other, "", 5, 50},
                {UsageCode::online, "kate", 2, 3725},
                {UsageCode::online, "", 1, 60}};
  return day;
}

// LOC-13 DIA-38
TEST(UsageReport, SaysWhatEachUserReceivedAndSent) {
  UsageDay day = small_day();
  day.show_idle = true;
  day.idle = {"bob", "eve"};
  EXPECT_EQ(usage_report(day).text,
            "Usage of mail.example.com on 2026-11-20\n"
            "\n"
            "Messages of users\n"
            "\n"
            "User   From users  From Internet  From server  To users  To Internet   Online\n"
            "admin           -              -    1 (100 B)         -            -        -\n"
            "fred            -              -            -  2 (2 kB)    1 (20 MB)        -\n"
            "kate     2 (2 kB)      1 (500 B)            -         -            -  1:02:05\n"
            "\n"
            "Totals\n"
            "\n"
            "Received from users              2     2 kB\n"
            "Received from the Internet       1    500 B\n"
            "Received from the server itself  1    100 B\n"
            "Sent to users                    2     2 kB\n"
            "Sent to the Internet             1    20 MB\n"
            "Relayed for others               3    900 B\n"
            "Urgent                           1     10 B\n"
            "Collected from other servers     1    700 B\n"
            "Taken by other servers           1    20 MB\n"
            "LAN forwarding: queued           1     10 B\n"
            "LAN forwarding: sent             1     10 B\n"
            "Not delivered                    2     20 B\n"
            "Online: users                       1:02:05\n"
            "Online: connections                 0:01:00\n"
            "\n"
            "Idle accounts (no log-in on that day)\n"
            "\n"
            "bob, eve\n");
}

TEST(UsageReport, AddsUpEveryCodeOnce) {
  const UsageRow sum = usage_sum(small_day().totals);
  const struct {
    const char* name;
    UsageRow::Sum sum;
    std::int64_t count, bytes;
  } k_sums[] = {
      {"local_received", sum.local_received, 2, 2048},
      {"internet_received", sum.internet_received, 1, 500},
      {"system_received", sum.system_received, 1, 100},
      {"local_sent", sum.local_sent, 2, 2048},
      {"internet_sent", sum.internet_sent, 1, 20 * 1024 * 1024},
      {"relayed", sum.relayed, 3, 900},
      {"urgent", sum.urgent, 1, 10},
      {"collected", sum.collected, 1, 700},
      {"client_sent", sum.client_sent, 1, 20 * 1024 * 1024},
      {"lan_queued", sum.lan_queued, 1, 10},
      {"lan_sent", sum.lan_sent, 1, 10},
      {"failed", sum.failed, 2, 20},
  };
  for (const auto& [name, got, count, bytes] : k_sums) {
    EXPECT_EQ(got.count, count) << name;
    EXPECT_EQ(got.bytes, bytes) << name;
  }
  EXPECT_EQ(sum.online_seconds, 3725);
  EXPECT_EQ(sum.connection_seconds, 60);
}

// LOC-14
TEST(UsageReport, NamesIdleAccountsOnlyWhenItShall) {
  UsageDay day = small_day();
  day.idle = {"bob"};
  EXPECT_THAT(usage_report(day).text, Not(HasSubstr("bob")));
  EXPECT_THAT(usage_report(day).html, Not(HasSubstr("bob")));
  day.show_idle = true;
  EXPECT_THAT(usage_report(day).text, HasSubstr("Idle accounts (no log-in on that day)\n\nbob\n"));
  EXPECT_THAT(usage_report(day).html, HasSubstr("bob"));
  day.idle.clear();
  EXPECT_THAT(usage_report(day).text, HasSubstr("(no log-in on that day)\n\nNone.\n"));
  for (int i = 0; i < 40; ++i) day.idle.push_back("user" + std::to_string(i));
  const std::string text = usage_report(day).text;
  EXPECT_THAT(text, HasSubstr("user10,\nuser11"));
  EXPECT_THAT(text, HasSubstr("user37,\nuser38, user39\n"));
}

// LOC-14
TEST(UsageReport, WritesHtmlThatNamesCannotLeave) {
  UsageDay day{"2026-11-20", "<b>&.example"};
  day.totals = {{UsageCode::local_sent, "<script>alert(1)</script>", 1, 1}};
  day.show_idle = true;
  day.idle = {"a<i>\"b"};
  day.unfinished = true;
  const std::string html = usage_report(day).html;
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;&amp;.example on 2026-11-20, so far"));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(html, HasSubstr("a&lt;i&gt;"));
  for (const char* raw : {"<script>", "<i>", "<b>"}) EXPECT_THAT(html, Not(HasSubstr(raw)));
  EXPECT_THAT(html, HasSubstr("font-family: monospace"));
}

TEST(UsageReport, HasALineForTheBusiestOfVeryManyUsers) {
  UsageDay day{"2026-11-20", "h"};
  for (std::size_t i = 0; i < k_report_users_max + 5; ++i)
    day.totals.push_back({UsageCode::local_sent, "u" + std::to_string(10000 + i), i < 5 ? 1 : 2, 10});
  const std::string text = usage_report(day).text;
  EXPECT_THAT(text, Not(HasSubstr("u10004 ")));
  EXPECT_THAT(text, HasSubstr("\nu10005 "));
  EXPECT_THAT(text, HasSubstr("... and 5 users with fewer messages\n"));
}

TEST(UsageReport, OfADayWithoutMailSaysSo) {
  EXPECT_THAT(usage_report({"2026-11-20", "h"}).text, HasSubstr("Messages of users\n\nNone.\n"));
}

}  // namespace
}  // namespace stagecoach::routing
