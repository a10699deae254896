// The inside of plan_changes (directory_changes.h): judges one change after the other against a book in which
// those before are already done.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>

#include "actors/directory_changes.h"

namespace stagecoach {

class ChangePlanner {
 public:
  ChangePlanner(const DirectoryBook& book, const ChangeRules& rules, std::string by)
      : book_(book), rules_(rules), by_(std::move(by)) {}

  /// Adds what the change asks for to the plan. An error: the plan is as it was before.
  Result<void> add(const EntryChange& change);
  std::vector<PlannedChange> take() { return std::move(planned_); }
  /// With all changes done.
  const DirectoryBook& book() const { return book_; }

 private:
  using Verb = EntryChange::Verb;

  // users: change_users.cc
  Result<void> user(const EntryChange& change);
  Result<User> new_user(const EntryChange& change) const;
  Result<void> set_user(const EntryChange& change, const User& before, User user);
  Result<void> remove_user(const User& user);
  Result<Profile> changed_profile(const EntryChange& change, const User& before, const Profile& start) const;
  Result<void> check_profile(const std::string& name, const Profile& profile) const;
  Result<void> check_rights(const User& before, const Profile* after) const;
  Result<void> add_passwords(const EntryChange& change, User& user, PlannedChange& planned) const;
  Result<void> add_app_passwords(const EntryChange& change, User& user, PlannedChange& planned) const;
  const Group* group_of(const Profile& profile) const { return book_.group(profile.primary_group); }
  Profile in_force(const Profile& profile, const std::string& name) const;

  // groups, lists, mappings: change_planner.cc
  Result<void> group(const EntryChange& change);
  Result<void> remove_group(const Group& group);
  Result<void> list(const EntryChange& change);
  Result<void> check_list(const MailList& list) const;
  Result<void> declared_list(const EntryChange& change, const MailList& before);
  Result<void> mapping(const EntryChange& change);
  Result<void> check_mapping(const Mapping& mapping) const;
  bool is_duplicate(const Mapping& mapping);

  /// Empty: no user, group or list has the name, and it may be one.
  Result<void> check_new_name(const std::string& name) const;
  void plan_user(storage::StoredChange::Verb verb, const User& user, bool credentials,
                 PlannedChange planned = {});
  storage::StoredChange& plan(storage::StoredChange::Verb verb, storage::StoredKind kind,
                              PlannedChange planned = {});
  std::int64_t next_id() { return --last_id_; }  // planned entries have no number yet

  DirectoryBook book_;
  const ChangeRules& rules_;
  std::string by_;
  std::vector<PlannedChange> planned_;
  std::unordered_set<std::string> known_mappings_;  // what they say; filled when first asked
  std::unordered_set<std::string> new_passwords_;   // users whose passwords change
  std::int64_t last_id_ = 0;
};

/// "declared in stagecoach.toml:41: change it there"
Error declared_elsewhere(const std::string& what, const Provenance& where);

}  // namespace stagecoach
