// Users and mappings that programs made, and the numbers of all users, declared ones too.
#pragma once

#include <string>
#include <vector>

#include "routing/model/directory_entry.h"
#include "storage/pg.h"

namespace stagecoach::storage {

class DirectoryRepository {
 public:
  explicit DirectoryRepository(Database& database) : database_(database) {}

  /// The users of the database, declared ones left out. Names are in lower case.
  Result<std::vector<User>> users();
  Result<std::vector<Mapping>> mappings();

  /// Gives each declared user the number of its mailbox, in the order of `names` (lower case). A user of the
  /// database with that name becomes a declared one and keeps the mailbox.
  Result<std::vector<UserId>> number_declared(const std::vector<std::string>& names);

  /// `conflict` when the name is taken. A deleted user's mailbox comes back with its name.
  Result<UserId> add(const User& user);
  /// `not_found` when the database has no such user.
  Result<void> set(const User& user);
  Result<void> remove(const std::string& name, std::int64_t now_microseconds);

 private:
  Database& database_;
};

}  // namespace stagecoach::storage
