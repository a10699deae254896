#include "actors/mail_log.h"

#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace stagecoach {
namespace {

using std::chrono::days;

/// Central European time: days do not begin at midnight of UTC, and one in March has 23 hours.
class MailLogTest : public ::testing::Test {
 protected:
  MailLogTest() {
    char path[] = "/tmp/stagecoach-test-XXXXXX";
    folder_ = ::mkdtemp(path);
    ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    ::tzset();
  }
  ~MailLogTest() override {
    std::filesystem::remove_all(folder_);
    ::unsetenv("TZ");
    ::tzset();
  }

  std::string text(const std::string& name) const {
    std::ifstream file(folder_ + "/" + name);
    if (!file) return "(none)";
    std::stringstream content;
    content << file.rdbuf();
    return content.str();
  }
  static routing::LocalDay day(const char* text) { return *routing::parse_day(text); }
  static std::int64_t at(const char* day_text, int hour) {
    return begin_of_day(day(day_text)) + hour * 3600LL * 1000000;
  }

  std::string folder_;
};

// LOC-16 DIA-09
TEST_F(MailLogTest, BecomesTheFileOfItsWeekday) {
  MailLog log(folder_);
  ASSERT_TRUE(log.begin_day(day("2026-11-20"), false));
  ASSERT_TRUE(log.append({{at("2026-11-20", 10), "received a"}}, false));
  EXPECT_EQ(text("logs/mail.log"), "2026-11-20T00:00:00+01:00 begin\n2026-11-20T10:00:00+01:00 received a\n");
  // One batch with lines of two days.
  ASSERT_TRUE(log.append({{at("2026-11-20", 23), "sent b"}, {at("2026-11-21", 1), "sent c"}}, false));
  EXPECT_EQ(text("logs/mail.fri"),
            "2026-11-20T00:00:00+01:00 begin\n2026-11-20T10:00:00+01:00 received a\n"
            "2026-11-20T23:00:00+01:00 sent b\n");
  EXPECT_EQ(text("logs/mail.log"), "2026-11-21T00:00:00+01:00 begin\n2026-11-21T01:00:00+01:00 sent c\n");
  // A week later it is overwritten.
  ASSERT_TRUE(log.append({{at("2026-11-27", 1), "sent d"}}, false));
  ASSERT_TRUE(log.begin_day(day("2026-11-28"), false));
  EXPECT_EQ(text("logs/mail.fri"), "2026-11-27T00:00:00+01:00 begin\n2026-11-27T01:00:00+01:00 sent d\n");
  EXPECT_EQ(text("logs/mail.sat"), "2026-11-21T00:00:00+01:00 begin\n2026-11-21T01:00:00+01:00 sent c\n");
  EXPECT_EQ(text("logs/mail.log"), "(none)");
  EXPECT_EQ(text("summaries/mail-2026-11-20.log"), "(none)");
}

// LOC-16
TEST_F(MailLogTest, IsCopiedWhenItShallOutliveTheWeek) {
  MailLog log(folder_);
  ASSERT_TRUE(log.append({{at("2026-11-20", 10), "received a"}}, true));
  ASSERT_TRUE(log.begin_day(day("2026-11-22"), true));
  EXPECT_EQ(text("summaries/mail-2026-11-20.log"), text("logs/mail.fri"));
  for (const char* name : {"logs/mail.fri", "summaries/mail-2026-11-20.log"}) {
    struct stat facts {};
    ASSERT_EQ(::stat((folder_ + "/" + name).c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0640u) << name;
  }
}

TEST_F(MailLogTest, KnowsItsDayAfterARestart) {
  ASSERT_TRUE(MailLog(folder_).append({{at("2026-11-20", 10), "received a"}}, false));
  MailLog same(folder_);
  ASSERT_TRUE(same.begin_day(day("2026-11-20"), false));
  ASSERT_TRUE(same.append({{at("2026-11-20", 11), "sent b"}}, false));
  EXPECT_EQ(text("logs/mail.fri"), "(none)");
  MailLog next(folder_);
  ASSERT_TRUE(next.append({{at("2026-11-21", 0), "sent c"}}, false));
  EXPECT_THAT(text("logs/mail.fri"), ::testing::EndsWith("received a\n2026-11-20T11:00:00+01:00 sent b\n"));
  EXPECT_EQ(text("logs/mail.log"), "2026-11-21T00:00:00+01:00 begin\n2026-11-21T00:00:00+01:00 sent c\n");
}

TEST_F(MailLogTest, TakesTheDayOfTheFileWhenItsFirstLineSaysNone) {
  std::filesystem::create_directories(folder_ + "/logs");
  std::ofstream(folder_ + "/logs/mail.log") << "a line of somebody else\n";
  MailLog log(folder_);
  const routing::LocalDay today = local_day_of(static_cast<std::int64_t>(::time(nullptr)) * 1000000);
  ASSERT_TRUE(log.begin_day(today, false));
  EXPECT_EQ(text("logs/mail.log"), "a line of somebody else\n");
  ASSERT_TRUE(log.begin_day(today + days(1), false));
  EXPECT_EQ(text("logs/mail.log"), "(none)");
}

TEST_F(MailLogTest, PutsWhatComesLateIntoTheNewFile) {
  MailLog log(folder_);
  ASSERT_TRUE(log.append({{at("2026-11-20", 10), "received a"}}, false));
  ASSERT_TRUE(log.begin_day(day("2026-11-21"), false));
  ASSERT_TRUE(log.append({{at("2026-11-20", 23), "late"}}, false));
  EXPECT_EQ(text("logs/mail.log"), "2026-11-21T00:00:00+01:00 begin\n2026-11-20T23:00:00+01:00 late\n");
  ASSERT_TRUE(MailLog(folder_).append({{at("2026-11-21", 1), "sent"}}, false));
  EXPECT_THAT(text("logs/mail.fri"), ::testing::HasSubstr("received a"));
}

TEST_F(MailLogTest, SaysWhatItCannotWrite) {
  std::ofstream(folder_ + "/logs") << "a file in the way";
  const auto done = MailLog(folder_).append({{at("2026-11-20", 10), "x"}}, false);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().text(), ::testing::HasSubstr("/logs"));
}

TEST_F(MailLogTest, KnowsWhenLocalDaysBegin) {
  EXPECT_EQ(begin_of_day(day("2026-03-30")) - begin_of_day(day("2026-03-29")), 23LL * 3600 * 1000000);
  EXPECT_EQ(local_time_text(begin_of_day(day("2026-07-01"))), "2026-07-01T00:00:00+02:00");
  EXPECT_EQ(local_day_of(begin_of_day(day("2026-07-01")) - 1), day("2026-06-30"));
}

}  // namespace
}  // namespace stagecoach
