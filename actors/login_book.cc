#include "actors/login_book.h"

#include <algorithm>
#include <utility>

namespace stagecoach {

LoginBook::Login::Login(Login&& other) noexcept
    : book_(std::exchange(other.book_, nullptr)), user_(other.user_), number_(other.number_) {}

LoginBook::Login& LoginBook::Login::operator=(Login&& other) noexcept {
  std::swap(book_, other.book_);
  std::swap(user_, other.user_);
  std::swap(number_, other.number_);
  return *this;
}

LoginBook::Login::~Login() {
  if (book_) book_->sign_out({user_.value, number_});
}

LoginBook::Login LoginBook::sign_in(UserId user, LoginEntry entry) {
  const std::lock_guard lock(mutex_);
  if (entry.protocol == "pop3" || entry.protocol == "imap")
    read_[user.value] = std::chrono::steady_clock::now();
  entries_.emplace(UserKey{user.value, ++last_}, std::move(entry));
  return {*this, user, last_};
}

std::size_t LoginBook::readers_since(std::chrono::steady_clock::time_point time) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(read_.begin(), read_.end(), [&](const auto& one) { return one.second >= time; }));
}

std::vector<LoginEntry> LoginBook::sessions_of(UserId user) const {
  const std::lock_guard lock(mutex_);
  std::vector<LoginEntry> sessions;
  for (auto one = entries_.lower_bound({user.value, 0});
       one != entries_.end() && one->first.first == user.value; ++one)
    sessions.push_back(one->second);
  return sessions;
}

void LoginBook::sign_out(const UserKey& key) {
  const std::lock_guard lock(mutex_);
  entries_.erase(key);
}

}  // namespace stagecoach
