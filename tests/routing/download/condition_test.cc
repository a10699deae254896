#include "routing/download/condition.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

using Match = DownloadMatch;

const HeaderFields k_header = {{"From", "Bob Wright <bob@company.com>", {}},
                               {"To", "office@example.net", {}},
                               {"Cc", "fred@example.net", {}},
                               {"Subject", "=?utf-8?q?My_Cat?= and a dog", {}},
                               {"X-Score", "12.5", {}}};

LocalTime at(std::string_view moment) { return *parse_moment(moment); }

/// Saturday, 21 November 2026, 17:30.
DownloadFacts facts(const HeaderFields& header = k_header) {
  DownloadFacts facts{.header = header};
  facts.size_bytes = 20480;
  facts.now = at("2026-11-21 17:30");
  facts.collector = "isp";
  facts.collector_id = 7;
  facts.recipients = {"fred", "fred@example.com", "ann@remote.example"};
  facts.valid_recipients = 2;
  facts.invalid_recipients = 0;
  return facts;
}

bool holds(const DownloadCondition& condition, const DownloadFacts& state = facts()) {
  const auto test = DownloadTest::compile(condition);
  EXPECT_TRUE(test) << condition.type << ": " << (test ? "" : test.error().text());
  return test && test->holds(state);
}

struct Case {
  DownloadCondition condition;
  bool expected;
};

void expect_all(const std::vector<Case>& cases, const DownloadFacts& state = facts()) {
  for (const auto& [condition, expected] : cases)
    EXPECT_EQ(holds(condition, state), expected)
        << condition.type << (condition.negated ? " not " : " ") << static_cast<int>(condition.match) << " "
        << condition.data;
}

TEST(DownloadTest, ComparesTheRawAndCompleteFieldData) {  // COL-49
  expect_all({{{"From", false, Match::equals, "bob@company.com"}, false},
              {{"from", false, Match::equals, "BOB WRIGHT <bob@company.com>"}, true},
              {{"From:", false, Match::contains, "wright"}, true},
              {{"Subject", false, Match::contains, "My Cat"}, false},
              {{"Subject", false, Match::begins_with, "=?UTF-8?"}, true},
              {{"X-Missing", false, Match::contains, ""}, false}});
}

TEST(DownloadTest, OneOfSeveralFieldsIsEnough) {  // COL-50
  expect_all({{{"To,Cc", false, Match::begins_with, "fred@"}, true},
              {{"To, Cc", false, Match::begins_with, "kate@"}, false},
              {{"To,Cc", true, Match::begins_with, "fred@"}, false},  // none of them: COL-51
              {{"To,Cc", true, Match::begins_with, "kate@"}, true}});
}

TEST(DownloadTest, NotInvertsTheOperator) {  // COL-51
  expect_all({{{"Subject", true, Match::contains, "dog"}, false},
              {{"Subject", true, Match::contains, "horse"}, true},
              {{"X-Missing", true, Match::contains, "x"}, true},
              {{"Always", true, Match::contains, "1"}, false},
              {{"Cc", false, Match::not_equals, "fred@example.net"}, false},
              {{"Cc", true, Match::not_equals, "fred@example.net"}, true}});
}

TEST(DownloadTest, KnowsEveryOperator) {  // COL-60
  expect_all({{{"Cc", false, Match::equals, "FRED@example.net"}, true},
              {{"Cc", false, Match::not_equals, "kate@example.net"}, true},
              {{"X-Score", false, Match::greater, "9"}, true},  // a number, not text
              {{"X-Score", false, Match::greater, "12.5"}, false},
              {{"X-Score", false, Match::greater_or_equal, "12.5"}, true},
              {{"X-Score", false, Match::less, "100"}, true},
              {{"X-Score", false, Match::less_or_equal, "12"}, false},
              {{"Cc", false, Match::greater, "ERIC@example.net"}, true},  // by the alphabet
              {{"Cc", false, Match::less, "eric@example.net"}, false},
              {{"X-Score", false, Match::less, "abc"}, true},  // one side is text
              {{"Cc", false, Match::contains, "EXAMPLE"}, true},
              {{"Cc", false, Match::wildcard, "f*d@example.n?t"}, true},
              {{"Cc", false, Match::wildcard, "f*d"}, false},
              {{"Cc", false, Match::begins_with, "Fred"}, true},
              {{"Cc", false, Match::ends_with, ".NET"}, true},
              {{"Cc", false, Match::ends_with, ".com"}, false}});
}

TEST(DownloadTest, RegularExpressionsMindTheCaseWithoutI) {  // COL-61
  expect_all({{{"Subject", false, Match::regex, "/my_cat/i"}, true},
              {{"Subject", false, Match::regex, "/my_cat/"}, false},
              {{"Subject", false, Match::regex, "/My_Cat.*dog$/"}, true},
              {{"Subject", true, Match::regex, "/horse/"}, true}});
  EXPECT_FALSE(DownloadTest::compile({"Subject", false, Match::regex, "/(/"}));
}

TEST(DownloadTest, PseudoHeaders) {
  expect_all({{{"Always", false, Match::contains, "1"}, true},  // COL-52
              {{"always", false, Match::contains, "0"}, false},
              {{"Rcpt", false, Match::contains, "FRED"}, true},  // COL-55
              {{"Rcpt", false, Match::contains, "fred@example.com"}, true},
              {{"Rcpt", false, Match::contains, "ann@remote.example"}, true},
              {{"Rcpt", false, Match::contains, "office@example.net"}, false},
              {{"Collector", false, Match::contains, "ISP"}, true},  // COL-56
              {{"Collector", false, Match::contains, "7"}, true},
              {{"Collector", false, Match::contains, "8"}, false},
              {{"Size", false, Match::greater, "20479"}, true},  // COL-57
              {{"Size", false, Match::greater, "20k"}, false},
              {{"Size", false, Match::greater_or_equal, "20k"}, true},
              {{"Size", false, Match::less, "100000"}, true},
              {{"Size", false, Match::equals, "20480"}, true},
              {{"Size", false, Match::not_equals, "20480"}, false},
              {{"Size", false, Match::begins_with, "204"}, true},       // as text
              {{"ValidRecipients", false, Match::greater, "1"}, true},  // COL-58
              {{"ValidRecipients", false, Match::less_or_equal, "1"}, false},
              {{"InvalidRecipients", false, Match::equals, "0"}, true},
              {{"Any", false, Match::contains, "Bob Wright"}, true},  // COL-59
              {{"Any", false, Match::regex, "/^12\\.5$/"}, true},
              {{"Any", true, Match::contains, "horse"}, true}});
}

TEST(DownloadTest, TimeNow) {  // COL-53
  const struct {
    const char* range;
    const char* now;
    bool expected;
  } k_times[] = {
      {"9:00-17:00", "09:00", true},  {"9:00-17:00", "17:00", true}, {"9:00-17:00", "17:01", false},
      {"9:00-17:00", "08:59", false}, {"9-17", "17:59", true},       {"9-17", "18:00", false},
      {"-8", "00:00", true},          {"-8", "08:59", true},         {"-8", "09:00", false},
      {"20-", "23:59", true},         {"20-", "19:59", false},       {"22-6", "23:00", true},
      {"22-6", "06:59", true},        {"22-6", "12:00", false},      {"9", "09:30", true},
      {"9", "10:00", false},          {"9:30", "09:30", true},       {" 9 - 17 ", "12:00", true}};
  for (const auto& [range, now, expected] : k_times) {
    DownloadFacts state = facts();
    state.now = at(std::string("2026-11-21 ") + now);
    EXPECT_EQ(holds({"TimeNow", false, Match::equals, range}, state), expected) << range << " at " << now;
  }
}

TEST(DownloadTest, DayNow) {  // COL-54
  const struct {
    const char* day;
    bool in_135, in_7;
  } k_days[] = {{"2026-11-15", true, false}, {"2026-11-16", false, false}, {"2026-11-17", true, false},
                {"2026-11-19", true, false}, {"2026-11-20", false, false}, {"2026-11-21", false, true}};
  for (const auto& [day, in_135, in_7] : k_days) {
    DownloadFacts state = facts();
    state.now = at(day);
    EXPECT_EQ(holds({"DayNow", false, Match::equals, "135"}, state), in_135) << day;
    EXPECT_EQ(holds({"DayNow", false, Match::equals, "7"}, state), in_7) << day;
  }
}

TEST(DownloadTest, RefusesDataThatCannotBeRead) {
  const DownloadCondition k_wrong[] = {
      {"Always", false, Match::equals, "yes"},  {"TimeNow", false, Match::equals, "25-26"},
      {"TimeNow", false, Match::equals, ""},    {"TimeNow", false, Match::equals, "9:99-10"},
      {"DayNow", false, Match::equals, "08"},   {"DayNow", false, Match::equals, ""},
      {"Size", false, Match::greater, "large"}, {"ValidRecipients", false, Match::equals, "two"},
      {"Rcpt", false, Match::equals, " "},      {"Collector", false, Match::equals, ""},
      {" , ", false, Match::equals, "x"}};
  for (const DownloadCondition& condition : k_wrong)
    EXPECT_FALSE(DownloadTest::compile(condition)) << condition.type << " " << condition.data;
}

}  // namespace
}  // namespace stagecoach::routing
