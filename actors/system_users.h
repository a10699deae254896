// Accounts of the operating system that can become users (docs/reference/accounts.md, "Users of the operating
// system"): through NSS, so that LDAP and the like count too, or from files in the form of passwd(5) and
// group(5).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/result.h"

namespace stagecoach {

struct SystemSources {
  std::string passwd_file, group_file;  // both empty: NSS
  std::string login_defs = "/etc/login.defs";
};

struct SystemAccount {
  std::string name, full_name;
  bool administrator = false;  // in sudo, adm or wheel
  bool guest = false;          // name or comment say so, or the shell lets nobody in
};

struct SystemChoice {
  std::string group;    // only its members, by primary group or by name; empty: all
  bool guests = false;  // those too
};

/// The accounts within UID_MIN and UID_MAX that are chosen, each name once, in their order. `not_found`:
/// there is no such group.
Result<std::vector<SystemAccount>> system_accounts(const SystemSources& sources, const SystemChoice& choice);

}  // namespace stagecoach
