// Commands about users, groups, lists and mappings as the control socket has them (docs/reference/
// control-socket.md): JSON to requests of the directory, its answers to JSON. Arguments of a wrong type throw
// nlohmann::json::exception, as everywhere behind the control socket.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "actors/messages.h"
#include "storage/directory_repository.h"

namespace stagecoach {

/// {"kind", "name", "keys", "members"}
Result<ListEntries> list_request(const nlohmann::json& arguments);

/// {"changes": [{"verb", "kind", "name", "settings", …}], "partial", "dry_run", "by"}
Result<ChangeDirectory> change_request(const nlohmann::json& arguments);

/// The settings that the rows of `user list` are made of.
ListEntries user_rows_request();

/// What only others than the directory know about users.
struct UserFacts {
  std::vector<storage::MailboxTotals> mailboxes;
  std::vector<AccountLock> locks;
};
/// Rows of `user list`.
std::vector<nlohmann::json> user_rows(const EntryListing& listing, const UserFacts& facts);
/// Rows of all other listings.
std::vector<nlohmann::json> entry_rows(const EntryListing& listing);

/// {"changed": 3, "faults": [{"index", "reason"}]}
nlohmann::json json_of(const DirectoryAnswer& answer);
nlohmann::json json_of(const LockListing& listing);

/// Filters and sorts as `arguments` ask for: {"filter": part of a name, "where": {column: expression},
/// "sort"}.
Result<nlohmann::json> chosen_rows(std::vector<nlohmann::json> rows, const nlohmann::json& arguments);

}  // namespace stagecoach
