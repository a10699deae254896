// What programs put into the directory: users, groups, lists with their members, mappings; and the numbers of
// all of them, declared ones too. Settings are text in the form of the configuration file: who loads them
// parses them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/directory_entry.h"
#include "routing/model/mail_list.h"
#include "storage/pg.h"

namespace stagecoach::storage {

struct StoredUser {
  UserId id;
  std::string name;  // lower case
  Credentials credentials;
  std::string settings;
};
struct StoredGroup {
  GroupId id;
  std::string name;
  std::string settings;
};
struct StoredList {
  ListId id;
  std::string name;
  std::string settings;
  Members members;    // in the order of their addresses; suspended ones left out
  Members suspended;  // get nothing; also members that the configuration declares
  bool declared = false;
};

enum class StoredKind : std::uint8_t { user, group, list, mapping };

struct Removal {
  StoredKind kind;
  std::int64_t id;
};

/// Entries of the database. Declared users and groups are left out; a declared list brings its subscribers.
struct StoredDirectory {
  std::int64_t version = 0;  // of the newest change
  std::vector<StoredUser> users;
  std::vector<StoredGroup> groups;
  std::vector<StoredList> lists;
  std::vector<Mapping> mappings;  // in the order of their numbers
  std::vector<Removal> removed;   // since the version that was asked for; may name unknown ones
};

/// Names of the declared entries, each once without regard to case, and their numbers in the same order.
struct DeclaredNames {
  std::vector<std::string> users, groups, lists;
};
struct DeclaredNumbers {
  std::vector<UserId> users;
  std::vector<GroupId> groups;
  std::vector<ListId> lists;
};

/// One change. `add` takes no number; `set` and `remove` find users, groups and lists by name, mappings by
/// number. Removing a user takes the mappings to him and his memberships along.
struct StoredChange {
  enum class Verb : std::uint8_t { add, set, remove };
  Verb verb = Verb::add;
  StoredKind kind = StoredKind::user;
  StoredUser user;
  StoredGroup group;
  StoredList list;  // of set: members stay as they are, members_* change them
  Mapping mapping;
  bool credentials = true;                 // of set: false leaves a user's passwords as they are
  bool replace_members = false;            // of set: members_added become the only ones
  Members members_added, members_removed;  // of set, also of a declared list
};

/// How full a mailbox is.
struct MailboxTotals {
  UserId user;
  std::int64_t inbox_messages = 0, messages = 0, size_bytes = 0;
};

class DirectoryRepository {
 public:
  explicit DirectoryRepository(Database& database) : database_(database) {}

  /// Everything (0), or what has changed since this version.
  Result<StoredDirectory> load(std::int64_t since = 0);

  /// Gives each declared entry its number. An entry of the database with that name becomes a declared one: a
  /// user keeps the mailbox, a list its subscribers.
  Result<DeclaredNumbers> number_declared(const DeclaredNames& names);

  /// All of them, or none. `conflict`: a name is taken; `not_found`: the database has no such entry. The
  /// number of the change that failed stands in the error's trail. A deleted user's mailbox comes back with
  /// its name. Answers with the numbers, one a change.
  Result<std::vector<std::int64_t>> apply(const std::vector<StoredChange>& changes,
                                          std::int64_t now_microseconds);

  /// One user with these passwords and no settings.
  Result<UserId> add(const StoredUser& user);

  /// New hashes for a user whose password still is `before`; false: it has changed meanwhile.
  Result<bool> upgrade_password(UserId user, const std::string& before, const std::string& password,
                                const std::string& scram);

  Result<std::vector<MailboxTotals>> mailbox_totals();

 private:
  Result<std::int64_t> apply_one(const StoredChange& change, std::int64_t now_microseconds);
  Database& database_;
};

}  // namespace stagecoach::storage
