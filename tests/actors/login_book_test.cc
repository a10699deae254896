#include "actors/login_book.h"

#include <gtest/gtest.h>

#include <optional>

namespace stagecoach {
namespace {

// USR-211
TEST(LoginBook, KnowsTheSessionsOfAUserAsLongAsTheyLast) {
  LoginBook book;
  std::optional<LoginBook::Login> imap = book.sign_in(UserId{1}, {"imap", "192.0.2.1"});
  LoginBook::Login pop3 = book.sign_in(UserId{1}, {"pop3", "192.0.2.2"});
  const LoginBook::Login other = book.sign_in(UserId{2}, {"smtp", "192.0.2.3"});
  ASSERT_EQ(book.sessions_of(UserId{1}).size(), 2u);
  EXPECT_EQ(book.sessions_of(UserId{1}).front().protocol, "imap");
  imap.reset();
  ASSERT_EQ(book.sessions_of(UserId{1}).size(), 1u);
  EXPECT_EQ(book.sessions_of(UserId{1}).front().address, "192.0.2.2");
  pop3 = book.sign_in(UserId{3}, {"pop3", "192.0.2.2"});
  EXPECT_TRUE(book.sessions_of(UserId{1}).empty()) << "another log-in of the same session takes its place";
  EXPECT_EQ(book.sessions_of(UserId{2}).size(), 1u);
}

}  // namespace
}  // namespace stagecoach
