// What a token endpoint answers.
#include "actors/token_answer.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

TEST(TokenAnswer, GivesATokenOrAReason) {
  struct Case {
    int status;
    const char *body, *token;
    std::int64_t seconds;
    const char* refresh;
  } const good[] = {
      {200, R"({"access_token": "abc", "expires_in": 1200, "token_type": "Bearer"})", "abc", 1200, ""},
      {200, R"({"access_token": "abc"})", "abc", k_lifetime_default, ""},
      {200, R"({"access_token": "abc", "expires_in": 99999999})", "abc", k_lifetime_max, ""},
      {200, R"({"access_token": "abc", "expires_in": -5})", "abc", 1, ""},
      {200, R"({"access_token": "abc", "refresh_token": "next"})", "abc", k_lifetime_default, "next"},
  };
  for (const Case& one : good) {
    const auto grant = read_token_answer(one.status, one.body);
    ASSERT_TRUE(grant) << one.body;
    EXPECT_EQ(grant->access_token, one.token) << one.body;
    EXPECT_EQ(grant->expires_in_seconds, one.seconds) << one.body;
    EXPECT_EQ(grant->refresh_token, one.refresh) << one.body;
  }
}

TEST(TokenAnswer, TellsTemporaryFromPermanent) {
  struct Case {
    int status;
    const char* body;
    Error::Kind kind;
    const char* reason;
  } const bad[] = {
      {400, R"({"error": "invalid_grant", "error_description": "Token has been revoked."})",
       Error::Kind::invalid_input, "status 400: invalid_grant Token has been revoked."},
      {503, "busy", Error::Kind::unavailable, "status 503"},
      {429, R"({"error": "slow_down"})", Error::Kind::unavailable, "status 429: slow_down "},
      {200, "<html>", Error::Kind::invalid_input, "status 200, and the answer is no JSON"},
      {200, "[1]", Error::Kind::invalid_input, "status 200, and the answer is no JSON"},
      {200, "{}", Error::Kind::invalid_input, "there is no access_token in it"},
      {200, R"({"access_token": "a\r\nb"})", Error::Kind::invalid_input, "there is no access_token in it"},
      {200, R"({"access_token": 7})", Error::Kind::invalid_input, "there is no access_token in it"},
      {400, "{\"error\": \"a\\u001b[2J\"}", Error::Kind::invalid_input, "status 400: a [2J "},
  };
  for (const Case& one : bad) {
    const auto grant = read_token_answer(one.status, one.body);
    ASSERT_FALSE(grant) << one.body;
    EXPECT_EQ(grant.error().kind, one.kind) << one.body;
    EXPECT_EQ(grant.error().reason, one.reason) << one.body;
  }
}

}  // namespace
}  // namespace stagecoach
