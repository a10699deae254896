#include "protocols/mime/date.h"

#include <gtest/gtest.h>

namespace stagecoach::mime {
namespace {

TEST(Date, ReadsAndWrites) {
  const struct {
    const char* text;
    const char* written;
  } cases[] = {
      {"Fri, 21 Nov 1997 09:55:06 -0600", "Fri, 21 Nov 1997 09:55:06 -0600"},
      {"21 Nov 97 09:55:06 GMT", "Fri, 21 Nov 1997 09:55:06 +0000"},
      {"Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", ""},
      {"21 Nov 1997 09:55 EST", "Fri, 21 Nov 1997 09:55:00 -0500"},
      {"Thu,\r\n 13\r\n Feb\r\n 1969\r\n 23:32\r\n -0330 (Newfoundland Time)",
       "Thu, 13 Feb 1969 23:32:00 -0330"},
      {"Fri Nov 21 09:55:06 1997", "Fri, 21 Nov 1997 09:55:06 +0000"},
      {"29 Feb 2000 00:00:00 +1400", "Tue, 29 Feb 2000 00:00:00 +1400"},
      {"29 Feb 2001 00:00:00 +0000", ""},
      {"1 Jan 2024 24:00:00 +0000", ""},
      {"31 Dec 2016 23:59:60 +0000", "Sun, 1 Jan 2017 00:00:00 +0000"},
      {"yesterday", ""},
      {"", ""},
  };
  for (const auto& c : cases) {
    const auto date = parse_date(c.text);
    EXPECT_EQ(date ? format_date(*date) : "", c.written) << c.text;
  }
}

TEST(Date, KnowsTheDayOfTheWriter) {
  const auto date = parse_date("1 Mar 2024 01:00:00 +0200");
  ASSERT_TRUE(date);
  EXPECT_EQ(date->local_day(), std::chrono::sys_days(std::chrono::year(2024) / 3 / 1));
}

}  // namespace
}  // namespace stagecoach::mime
