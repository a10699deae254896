#include "routing/pattern.h"

#include <gtest/gtest.h>

#include <chrono>

#include "routing/wildcard.h"

namespace stagecoach::routing {
namespace {

// REF-124
const struct {
  const char* pattern;
  const char* value;
  bool matches;
} k_wildcards[] = {
    {"", "", true},
    {"", "a", false},
    {"*", "", true},
    {"*", "anything", true},
    {"?", "", false},
    {"?", "a", true},
    {"ca*er*ly", "caterbuttonly", true},
    {"ca*er", "caterpillar", false},  // the whole value, not a part of it
    {"*@example.com", "fred@EXAMPLE.com", true},
    {"*@example.com", "fred@example.com.org", false},
    {"S?les", "sales", true},
    {"s?les", "saales", false},
    {"a*b*c", "aXbYbZc", true},
    {"a**b", "ab", true},
    {"*a", "aaab", false},
};

TEST(Wildcard, MatchesTheWholeValueWithoutCase) {
  for (const auto& [pattern, value, matches] : k_wildcards)
    EXPECT_EQ(matches_wildcard(pattern, value), matches) << pattern << " " << value;
}

TEST(Wildcard, TakesNoExponentialTime) {
  std::string pattern, value(5000, 'a');
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(matches_wildcard(pattern + "b", value));
}

// REF-125
const struct {
  const char* pattern;
  const char* value;
  bool matches;
} k_patterns[] = {
    {"/fred/", "Alfred and fred", true}, {"/fred/", "FRED", false}, {"/fred/i", "FRED", true},
    {"/^fred$/", "fredo", false},        {"fred", "Fred", true},    {"/a.c/s", "a\nc", true},
};

TEST(Pattern, TakesTextBetweenSlashesAsARegularExpression) {
  for (const auto& [text, value, matches] : k_patterns) {
    const auto pattern = Pattern::compile(text);
    ASSERT_TRUE(pattern) << text;
    EXPECT_EQ(pattern->matches(value), matches) << text << " " << value;
  }
}

TEST(Pattern, RefusesWhatDoesNotCompile) {
  for (const char* text : {"/(/", "/a/q", "/\\C/"}) EXPECT_FALSE(Pattern::compile(text)) << text;
}

TEST(Regex, EndsAMatchThatExplodes) {
  const auto regex = Regex::compile("/^(a+)+$/");
  ASSERT_TRUE(regex);
  EXPECT_FALSE(regex->found_in(std::string(5000, 'a') + "b"));
}

TEST(Regex, MatchesInvalidUtf8) {
  const auto regex = Regex::compile("/fred/");
  ASSERT_TRUE(regex);
  EXPECT_TRUE(regex->found_in("\xff\xfe fred \xc3"));
}

TEST(Regex, GivesTheCaptures) {
  const auto once = Regex::compile("/<([^>]+)>/"), every = Regex::compile("/<([^>]+)>/g"),
             empty = Regex::compile("/(x*)/g");
  EXPECT_EQ(once->captures("<a> <b>"), std::vector<std::string>{"a"});
  EXPECT_EQ(every->captures("<a> <b>"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(empty->captures(std::string(1000, 'y')).size(), 100u);  // bounded, and it ends
}

}  // namespace
}  // namespace stagecoach::routing
