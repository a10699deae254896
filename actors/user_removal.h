// What speaks against deleting a user, and what happens to the roles that he has. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/login_book.h"
#include "routing/directory.h"

namespace stagecoach {

struct UserRemoval {
  std::string name;
  std::vector<LoginEntry> sessions;        // at this node
  std::int64_t messages = 0, folders = 0;  // folders with messages
  std::vector<std::string> roles;          // "main administrator", "message target MailboxQuota"
};

/// Why he cannot be deleted now; empty: he can. `with_mail`: his messages may go.
std::string removal_fault(const UserRemoval& removal, bool with_mail);

/// "fred has 1,204 messages in 7 folders"
std::string holdings_text(const std::string& name, std::int64_t messages, std::int64_t folders);

/// The roles that the configuration gives to the user of this name. When he is gone, whoever is the main
/// administrator then has them.
std::vector<std::string> roles_of(const routing::Directory& directory, const std::string& name);

}  // namespace stagecoach
