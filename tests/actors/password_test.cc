#include "actors/password.h"

#include <gtest/gtest.h>

#include <set>

#include "protocols/sasl/scram.h"

namespace stagecoach {
namespace {

constexpr const char* k_password = "correct horse";

// Made by other programs: crypt(3) of Python, and hashlib.
const char* const k_foreign[] = {
    "$6$abcdefgh$yIZAF3gQPvtKZO/9qOJKffAKKbtS3ef3qmwyugk4uWVjX8YZf/GV3A8SkFxEPY0T56CcilGrHKLffBsp6dLMG.",
    "$6$rounds=1000$abcdefgh$DbXqPck5ABZumVXwcH5eMVHsPZwvQ3jylSxpJmKkZVxcoCiC3N0rPerjHmAqL7r6PK6CIeYnO9."
    "vxpbsevscg/",
    "$5$abcdefgh$ruMep1ijHnJPZbETDNiumskxcX3kN4lzZd5VlsqE7eB",
    "$1$abcdefgh$y6iHhJNbuC0xpbk0w9pm80",
    "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2",
    "{CRYPT}$1$abcdefgh$y6iHhJNbuC0xpbk0w9pm80",
    "{crypt}$5$abcdefgh$ruMep1ijHnJPZbETDNiumskxcX3kN4lzZd5VlsqE7eB",
    "{SHA256-CRYPT}$5$abcdefgh$ruMep1ijHnJPZbETDNiumskxcX3kN4lzZd5VlsqE7eB",
    "{SSHA}LhKrkM9Fy+zlstjdD7Kv2s6QvhBzYWx0",
    "{ssha}LhKrkM9Fy+zlstjdD7Kv2s6QvhBzYWx0",
    "{SHA}L55TUjtiq8FBorTWAZ0jy6g129A=",
    "{SMD5}D4rOOyuX/Dgg3vClp5z5OnNhbHQ=",
    "{MD5}PLTnMmMfR+brlh80VUt83g==",
    "{SSHA256}n+NyCAC8BTzorAU7AQEsEfh4qDAh0HpRtPLX0dsQdApzYWx0",
    "{SHA256}QQTTb42iwlQ0n4WDZ5Pr4CngyVcGOjTJHC6SAxh7VjE=",
    "{SSHA512}MObRFvUHqU5pLIXjc0HkeJH+PKVdEQk34oSyXkDftCxTU6Fk9rWjilWA553MtCFyazGhAOPiDyO1Rv1hndA96XNhbHQ=",
    "{SHA512}VraY3v7bWkNbY0r+MyC7rz/c2SC2xQOkRvx7endrKY1HnRumqLYXgI6wv1ec6aldZoNHvKtxSQhayTyyeZUZew==",
};

class Password : public ::testing::Test {
 protected:
  Password() { prepare_passwords(); }
};

TEST_F(Password, FormsOfOtherServersMatchAndAreToBeReplaced) {
  for (const char* stored : k_foreign) {
    EXPECT_TRUE(password_matches(stored, k_password)) << stored;
    EXPECT_FALSE(password_matches(stored, "correct hors")) << stored;
    EXPECT_FALSE(password_matches(stored, "")) << stored;
    EXPECT_TRUE(is_outdated(stored)) << stored;
    const auto kept = parse_stored_password(stored);
    ASSERT_TRUE(kept) << stored << ": " << kept.error().text();
    EXPECT_TRUE(password_matches(*kept, k_password)) << *kept;
  }
}

TEST_F(Password, OwnFormsMatchAndStay) {
  for (const std::string& stored : {hash_password(k_password), std::string("{plain}") + k_password}) {
    EXPECT_TRUE(password_matches(stored, k_password)) << stored;
    EXPECT_FALSE(password_matches(stored, "Correct horse")) << stored;
    EXPECT_FALSE(is_outdated(stored)) << stored;
    EXPECT_EQ(parse_stored_password(stored).value_or("refused"), stored);
  }
}

TEST_F(Password, AScramVerifierAloneLetsInOnce) {
  const std::string stored = scram_verifier_text(k_password);
  EXPECT_TRUE(password_matches(stored, k_password));
  EXPECT_FALSE(password_matches(stored, "else"));
  EXPECT_TRUE(is_outdated(stored));
  EXPECT_TRUE(parse_stored_password(stored));
}

TEST_F(Password, NothingElseMatches) {
  for (const char* stored : {"", "secret", "{plain}", "{SSHA}", "{SSHA}AAAA", "{SSHA}!", "{NONE}secret",
                             "$6$", "$9$a$b", "$argon2id$v=19$broken", "{CRYPT}", "{CRYPT}abJnggxhB/yWI", "*",
                             "!", "$1$abcdefgh$", "SCRAM-SHA-256$4096"}) {
    EXPECT_FALSE(password_matches(stored, "")) << stored;
    EXPECT_FALSE(password_matches(stored, "secret")) << stored;
    EXPECT_FALSE(parse_stored_password(stored)) << stored;
  }
}

TEST_F(Password, WhatWouldTakeSecondsToCheckIsRefused) {
  for (const char* stored : {"$6$rounds=999999999$abcdefgh$yIZAF3gQPvtKZO/9qOJKffAKKbtS3ef3qmwyugk4uWVjX8YZf/"
                             "GV3A8SkFxEPY0T56CcilGrHKLffBsp6dLMG.",
                             "$2b$31$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2"}) {
    EXPECT_FALSE(parse_stored_password(stored)) << stored;
    EXPECT_FALSE(password_matches(stored, k_password)) << stored;
  }
}

TEST_F(Password, APasswordWithNulIsNotCutOff) {
  EXPECT_FALSE(password_matches(k_foreign[0], std::string(k_password) + std::string("\0x", 2)));
}

// USR-059
TEST_F(Password, RandomPasswordsDifferAndAreLongEnough) {
  std::set<std::string> made;
  for (int i = 0; i < 50; ++i) made.insert(random_password());
  EXPECT_EQ(made.size(), 50u);
  for (const std::string& password : made) EXPECT_EQ(password.size(), 19u) << password;
}

}  // namespace
}  // namespace stagecoach
