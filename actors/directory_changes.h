// Judges changes of the directory before the database sees them: names, limits, declared entries, what groups
// force, who may not lose his rights. Pure; the order of the changes counts.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "actors/directory_book.h"
#include "actors/messages.h"

namespace stagecoach {

/// What the configuration says about changes.
struct ChangeRules {
  std::int64_t users_max = 0;  // 0: no limit
  int password_length_min = 8;
  std::vector<std::string> local_domains;  // whose addresses are members of lists for a user
  std::vector<std::string> collectors;     // that mappings may name
  /// Why a script finds a password not suitable; empty: it does not mind. `which`: "main", "web", "app".
  std::function<std::string(const std::string& user, const std::string& password, const char* which)>
      password_script;
};

/// One change as the database gets it, but for passwords in clear: they are hashed on the way.
struct PlannedChange {
  storage::StoredChange stored;
  std::string password, web_password;  // empty: unchanged
  std::vector<std::string>
      app_passwords;  // parallel to stored.user.credentials.app_passwords; empty: as it is
};

struct ChangePlan {
  std::vector<PlannedChange> changes;
  std::vector<ChangeFault> faults;
  std::int64_t accepted = 0;  // changes of the request that are all right
  std::string fault;          // of all of them together: mail would go round
};

ChangePlan plan_changes(const DirectoryBook& book, const ChangeDirectory& request, const ChangeRules& rules);

/// Why a password cannot be set; empty: it can.
std::string password_fault(std::string_view password, int length_min);

}  // namespace stagecoach
