// White and black lists of addresses: whom a user may write to, and who may write to him.
#pragma once

#include <string>
#include <vector>

#include "routing/address_set.h"
#include "routing/model/address.h"

namespace stagecoach::routing {

/// Whether one of the entries (addresses or wildcard addresses) matches.
bool is_listed(const Address& address, const std::vector<std::string>& entries);

/// The user's white list, his black list, the global white list, the global black list: the first that has
/// the address decides. In none of them: allowed when both white lists are empty.
bool is_permitted(const Address& address, const std::vector<std::string>& user_whitelist,
                  const std::vector<std::string>& user_blacklist, const AddressSet& global_whitelist,
                  const AddressSet& global_blacklist);

}  // namespace stagecoach::routing
