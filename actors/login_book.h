// Who is logged in at this node, session by session: sessions of all protocols sign in and out. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "routing/model/ids.h"

namespace stagecoach {

struct LoginEntry {
  std::string protocol, address;  // "imap", "192.0.2.1"
};

class LoginBook {
 public:
  /// Holds an entry in the book as long as it lives. The book must outlive it.
  class Login {
   public:
    Login() = default;
    Login(LoginBook& book, UserId user, std::uint64_t number) : book_(&book), user_(user), number_(number) {}
    Login(Login&& other) noexcept;
    Login& operator=(Login&& other) noexcept;
    ~Login();

   private:
    LoginBook* book_ = nullptr;
    UserId user_;
    std::uint64_t number_ = 0;
  };

  Login sign_in(UserId user, LoginEntry entry);
  /// How many users have logged in to POP3 or IMAP at this time or later.
  std::size_t readers_since(std::chrono::steady_clock::time_point time) const;
  /// The sessions of this user, the oldest first.
  std::vector<LoginEntry> sessions_of(UserId user) const;

 private:
  using UserKey = std::pair<std::int64_t, std::uint64_t>;  // user, number of the entry
  void sign_out(const UserKey& key);

  mutable std::mutex mutex_;
  std::map<UserKey, LoginEntry> entries_;
  std::map<std::int64_t, std::chrono::steady_clock::time_point> read_;  // user: last log-in to read mail
  std::uint64_t last_ = 0;
};

}  // namespace stagecoach
