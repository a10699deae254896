#include "routing/sending/dns_overrides.h"

#include <gtest/gtest.h>

namespace stagecoach::routing {
namespace {

using Lines = std::vector<std::string>;

const SendingFacts k_facts{5, 2000, std::chrono::minutes(60), "Joe", "joe@example.com"};
const Lines k_real_names{"mx1.remote.example", "Mx2.Other.example."};

/// "a:25 b:2525/7 +real": host, port, priority unless it is 0; "real": the real records.
std::string text_of(const OverrideAnswer& answer) {
  if (answer.needs_real) return "which?";
  if (!answer.found) return "real";
  std::string text;
  for (const OverrideHost& host : answer.hosts)
    text += (text.empty() ? "" : " ") + host.name + ":" + std::to_string(host.port) +
            (host.priority ? "/" + std::to_string(host.priority) : "");
  return text + (answer.add_real ? " +real" : "");
}

std::string answer(const Lines& lines, const Lines* names = &k_real_names) {
  const auto overrides = DnsOverrides::parse(lines);
  if (!overrides) return overrides.error().text();
  return text_of(overrides->answer("d.Example", k_facts, names));
}

const struct {
  Lines lines;
  const char* hosts;
} k_cases[] = {
    // By domain. SND-21
    {{}, "real"},
    {{"d.example relay.example"}, "relay.example:25"},
    {{"D.EXAMPLE relay.example"}, "relay.example:25"},
    {{"other.example relay.example"}, "real"},
    {{"* relay.example"}, "relay.example:25"},
    {{"*.d.example relay.example"}, "real"},
    {{"*.example relay.example"}, "relay.example:25"},
    {{"", "# d.example no.example", " d.example\trelay.example "}, "relay.example:25"},
    // Ports. SND-22
    {{"* relay.example:2525"}, "relay.example:2525"},
    {{"* [2001:db8::1]:26"}, "2001:db8::1:26"},
    {{"* [2001:db8::1]"}, "2001:db8::1:25"},
    // Conditions on numbers and texts. SND-23
    {{"* a $retries>=5"}, "a:25"},
    {{"* a $retries>5"}, "real"},
    {{"* a $retries==5 $retries<>4 $retries!=3 $retries<=5 $retries<6"}, "a:25"},
    {{"* a $size>1000"}, "a:25"},
    {{"* a $size>=2kB"}, "real"},
    {{"* a $authsender=joe"}, "a:25"},
    {{"* a $AuthSender<>JOE"}, "real"},
    {{"* a $authsender!=kate $from=\"JOE@example.com\""}, "a:25"},
    {{"* a $authsender>jim $authsender<=joe $authsender<jof"}, "a:25"},
    {{"* a $retries=5 $size=1"}, "real"},
    // Wildcards and regular expressions. SND-24
    {{"* a $from~=\"*@example.com\""}, "a:25"},
    {{"* a $from~=*@EXAMPLE.com"}, "a:25"},
    {{"* a $from~=@example.com"}, "real"},
    {{"* a $from~!*@example.org"}, "a:25"},
    {{"* a $from~=/@EXAMPLE\\.com/i"}, "a:25"},
    {{"* a $from~=/@EXAMPLE\\.com/"}, "real"},
    {{"* a $from~!/@example/"}, "real"},
    // The real names. SND-25
    {{"* a $dnsmx:*.remote.example $end"}, "a:25"},
    {{"* a $dnsmx:mx2.other.example"}, "a:25"},
    {{"* a $dnsmx:remote.example"}, "real"},
    {{"* a $dnsmx:!*.remote.example"}, "real"},
    {{"* a $dnsmx:!*.third.example"}, "a:25"},
    {{"* a $dnsmx:*.remote.example $dnsmx:!*.other.example"}, "real"},
    // Several lines. SND-26
    {{"* a", "d.example b"}, "a:25 b:25"},
    {{"* a $priority:20", "* b $priority:10", "* c $priority:20"}, "b:25/10 a:25/20 c:25/20"},
    // SND-27
    {{"* a $end", "* b"}, "a:25"},
    {{"* a $end $retries=0", "* b"}, "b:25"},
    {{"other.example a $end", "* b"}, "b:25"},
    // SND-28
    {{"* a $adddns $priority:5"}, "a:25/5 +real"},
    {{"* a $adddns", "* b $end"}, "a:25 b:25 +real"},
    // What is no override.
    {{"", "d.example"}, "line 2: the server is missing"},
    {{"d.example $end"}, "line 1: the server is missing"},
    {{"a@d.example relay.example"}, "line 1: the first word is a domain, not an address"},
    {{"* relay.example:70000"}, "line 1: the second word is no server like [user:password@]server[:port]"},
    {{"* :secret@relay.example"}, "line 1: a login is user:password"},
    {{"* a $foo=1"},
     "line 1: $foo=1: is no condition or option: $retries, $size, $authsender, $from, $dnsmx:, $end, "
     "$adddns, "
     "$priority: are"},
    {{"* a $retries>many"}, "line 1: $retries>many: \"many\" is no number"},
    {{"* a $retries"}, "line 1: $retries: a comparison is missing"},
    {{"* a $from~=/(/"}, ""},  // only that it is refused
    {{"* a $from~="}, "line 1: $from~=: there is nothing to compare with"},
    {{"* a $priority:-1"}, "line 1: $priority:-1: a priority is a number from 0 to 65535"},
    {{"* a $dnsmx:!"}, "line 1: $dnsmx:!: the name of a mail server is missing"},
};

TEST(DnsOverrides, TakesThePlaceOfMxRecords) {
  for (const auto& [lines, hosts] : k_cases) {
    const std::string line = lines.empty() ? "" : lines.front();
    if (*hosts)
      EXPECT_EQ(answer(lines), hosts) << line;
    else
      EXPECT_FALSE(DnsOverrides::parse(lines)) << line;
  }
}

TEST(DnsOverrides, AsksForTheRealNamesOnlyWhenTheyMatter) {  // SND-25
  EXPECT_EQ(answer({"* a $dnsmx:*.remote.example"}, nullptr), "which?");
  EXPECT_EQ(answer({"* a $retries=0 $dnsmx:*.remote.example"}, nullptr), "real");
  EXPECT_EQ(answer({"other.example a $dnsmx:x", "* b"}, nullptr), "b:25");
  EXPECT_EQ(answer({"* a $end", "* b $dnsmx:x"}, nullptr), "a:25");
  const Lines none;
  EXPECT_EQ(answer({"* a $dnsmx:!*"}, &none), "a:25");
  EXPECT_EQ(answer({"* a $dnsmx:*"}, &none), "real");
}

TEST(DnsOverrides, HoldsLoginsThatNoTextShows) {  // SND-22
  const auto overrides = DnsOverrides::parse({"* us@er:pa:ss@relay.example:26", "* [::1] $adddns"});
  ASSERT_TRUE(overrides);
  const OverrideAnswer found = overrides->answer("d.example", k_facts, nullptr);
  ASSERT_EQ(found.hosts.size(), 2u);
  EXPECT_EQ(found.hosts[0].user, "us@er");
  EXPECT_EQ(found.hosts[0].password, "pa:ss");
  EXPECT_EQ(describe(found), "line 1: relay.example:26, login us@er; line 2: [::1]:25; the real ones too");
  for (const char* line : {"* user:secret@", "* user:secret@relay.example:x", "user:secret@a b"})
    EXPECT_EQ(DnsOverrides::parse({line}).error().text().find("secret"), std::string::npos) << line;
}

TEST(DnsOverrides, IsBounded) {
  EXPECT_FALSE(DnsOverrides::parse(Lines(DnsOverrides::k_lines_max + 1)));
  EXPECT_FALSE(DnsOverrides::parse({"* " + std::string(5000, 'a')}));
}

}  // namespace
}  // namespace stagecoach::routing
