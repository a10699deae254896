#include "routing/sending/domain_filter.h"

#include <gtest/gtest.h>

#include "routing/model/address.h"

namespace stagecoach::routing {
namespace {

using namespace std::chrono_literals;

// A message of 60 kB, tried twice, an hour old, by bob.
const SendingFacts k_facts{2, 60 * 1024, 60min, "bob", "Bob@example.com"};
constexpr const char* k_recipient = "kate@Remote.example";

std::string decision(std::string_view script) {
  const auto filter = DomainFilter::parse(script);
  if (!filter) return filter.error().text();
  const auto made = filter->decide(k_facts, k_recipient);
  return (made.attempt ? "attempt " : "skip ") + std::to_string(made.line);
}

const struct {
  const char* script;
  const char* decision;  // and its line
} k_scripts[] = {
    // The first matching line decides; case, blanks, comments. SND-41
    {"attempt: all\nskip: all", "attempt 1"},
    {"skip: none\r\n\r\n# skip: all\r\n  ATTEMPT : ALL  # yes", "attempt 4"},
    {"Skip: to = \"KATE@remote.EXAMPLE\"", "skip 1"},
    {"skip: all none\nskip: all", "skip 2"},
    {"attempt: retries = 2 size > 1MB\nattempt: retries = 2 size > 1kB", "attempt 2"},
    // What holds when no line matches. SND-42
    {"", "attempt 0"},
    {"# nothing", "attempt 0"},
    {"skip: none", "attempt 0"},
    {"attempt: none", "skip 0"},
    {"skip: none\nattempt: size > 1MB", "skip 0"},
    // Numbers. SND-43
    {"skip: size > 50kB", "skip 1"},
    {"skip: size>60kb", "attempt 0"},
    {"skip: size >= 60 KB all", "skip 1"},
    {"skip: size = 61440", "skip 1"},
    {"skip: size <> 61440", "attempt 0"},
    {"skip: size != 61441 retries = 2", "skip 1"},
    {"skip: size < 1MB", "skip 1"},
    {"attempt: retries >= 5", "skip 0"},
    {"attempt: retries == 2", "attempt 1"},
    {"skip: retries<=1", "attempt 0"},
    {"skip: age<10 minutes", "attempt 0"},
    {"skip: age = 1 Hour", "skip 1"},
    {"skip: age >= 60minutes", "skip 1"},
    {"skip: age<1day", "skip 1"},
    {"skip: age >= 2 Days", "attempt 0"},
    // Texts. SND-44
    {"attempt: authsender = \"bob\"\nskip: all", "attempt 1"},
    {"attempt: authsender <> \"BOB\"\nskip: all", "skip 2"},
    {"skip: authsender!=\"kate\"", "skip 1"},
    {"skip: authsender == \"bob\"", "skip 1"},
    {"skip: from contains \"@EXAMPLE\"", "skip 1"},
    {"skip: from not contains \"@example\"", "attempt 0"},
    {"skip: to matches \"*@remote.example\"", "skip 1"},
    {"skip: to matches \"@remote.example\"", "attempt 0"},
    {"skip: to matches \"ka??@*.exa*\"", "skip 1"},
    {"skip: to not matches \"*@remote.example\"", "attempt 0"},
    {"attempt: to regexp /[abc]@company\\.(org|com)$/i", "skip 0"},
    {"skip: to regexp /remote\\.example$/", "attempt 0"},
    {"skip: to regexp /remote\\.example$/i", "skip 1"},
    {"skip: to Not Regexp /remote/ from regexp /^Bob/", "skip 1"},
    {"skip: from regexp /a\\/b#\"/", "attempt 0"},
    {"skip: to matches \"#*\" # a comment", "attempt 0"},
    // What is no script.
    {"attempt all", "line 1: a rule begins with \"attempt:\" or \"skip:\""},
    {"skip: all\nsend: all", "line 2: a rule begins with \"attempt:\" or \"skip:\""},
    {"\n\nskip:", "line 3: a condition is missing; \"all\" stands for every message"},
    {"skip: subject = \"x\"",
     "line 1: \"subject = \"x\"\" is no condition: all, none, size, retries, age, authsender, from or to "
     "are"},
    {"skip: size 50", "line 1: a comparison is missing before \"50\""},
    {"skip: size > big", "line 1: a number is missing before \"big\""},
    {"skip: size > -1", "line 1: a number is missing before \"-1\""},
    {"skip: size > 99999999999999999999", "line 1: a number is missing before \"\""},
    {"skip: size > 9999999999999999MB", "line 1: the size is too large"},
    {"skip: age > 5", "line 1: an age is given in minutes, hours or days, not in \"\""},
    {"skip: age > 5 weeks", "line 1: an age is given in minutes, hours or days, not in \"weeks\""},
    {"skip: age > 999999999999999 days", "line 1: the age is too large"},
    {"skip: to = kate", "line 1: a text between quotes is missing before \"kate\""},
    {"skip: to = \"kate", "line 1: a text between quotes is missing before \"\"kate\""},
    {"skip: to > \"a\"", "line 1: texts are compared with =, <>, contains, matches or regexp"},
    {"skip: to like \"a\"",
     "line 1: \"like\" is none of =, <>, contains, matches, regexp, not contains, not matches, not regexp"},
    {"skip: to regexp \"a\"", "line 1: a regular expression between slashes is missing before \"\"a\"\""},
    {"skip: to regexp /a\\/", "line 1: a regular expression between slashes is missing before \"/a\\/\""},
};

TEST(DomainFilter, DecidesByTheFirstMatchingLine) {
  for (const auto& [script, expected] : k_scripts) EXPECT_EQ(decision(script), expected) << script;
}

TEST(DomainFilter, DecidesForEachRecipient) {  // SND-45
  const auto filter = DomainFilter::parse("skip: to matches \"*@example.com\"\nattempt: all");
  ASSERT_TRUE(filter);
  EXPECT_TRUE(filter->depends_on_recipient());
  EXPECT_FALSE(filter->decide(k_facts, "ann@example.com").attempt);
  EXPECT_TRUE(filter->decide(k_facts, "ann@example.org").attempt);
  EXPECT_EQ(filter->decide(k_facts, "ann@example.com").text, "skip: to matches \"*@example.com\"");
}

TEST(DomainFilter, IsBounded) {
  EXPECT_FALSE(DomainFilter::parse(std::string(DomainFilter::k_script_bytes_max + 1, '\n')));
  std::string line = "skip:";
  for (int i = 0; i < 51; ++i) line += " all";
  EXPECT_FALSE(DomainFilter::parse(line));
  EXPECT_FALSE(DomainFilter::parse("skip: to regexp /(/"));
}

}  // namespace
}  // namespace stagecoach::routing
