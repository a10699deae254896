// The question that saslauthd gets.
#include "actors/saslauthd.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

std::string text(std::string_view bytes) {
  std::string whole;
  whole += '\0';
  whole += static_cast<char>(bytes.size());
  return whole += bytes;
}

// USR-183
TEST(Saslauthd, AsksForNameAndRealm) {
  struct Case {
    const char *name, *login, *realm;
  } const cases[] = {
      {"fred", "fred", ""},
      {"fred@EXAMPLE.COM", "fred", "EXAMPLE.COM"},
      {"OFFICE\\fred", "fred", "OFFICE"},
      {"fred@a@b", "fred@a", "b"},
  };
  for (const Case& one : cases) {
    const auto question = saslauthd_question({"/run/saslauthd/mux", "stagecoach", one.name, "secret"});
    ASSERT_TRUE(question) << one.name;
    EXPECT_EQ(*question, text(one.login) + text("secret") + text("stagecoach") + text(one.realm)) << one.name;
  }
}

TEST(Saslauthd, RefusesWhatCannotBeAsked) {
  EXPECT_FALSE(saslauthd_question({"", "s", std::string("fr\0ed", 5), "secret"}));
  EXPECT_FALSE(saslauthd_question({"", "s", "fred", std::string("se\0cret", 7)}));
  EXPECT_FALSE(saslauthd_question({"", "s", "fred", std::string(65536, 'x')}));
  EXPECT_TRUE(saslauthd_question({"", "s", "fred", std::string(65535, 'x')}));
}

TEST(Saslauthd, SaysThatNobodyListens) {
  const auto right = ask_saslauthd({"/nonexistent/mux", "s", "fred", "secret"});
  ASSERT_FALSE(right);
  EXPECT_EQ(right.error().kind, Error::Kind::unavailable);
  EXPECT_NE(right.error().reason.find("/nonexistent/mux"), std::string::npos);
}

}  // namespace
}  // namespace stagecoach
