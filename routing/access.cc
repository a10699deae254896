#include "routing/access.h"

#include <algorithm>

#include "routing/wildcard.h"

namespace stagecoach::routing {

bool is_listed(const Address& address, const std::vector<std::string>& entries) {
  if (entries.empty()) return false;
  const std::string key = address.key();
  return std::any_of(entries.begin(), entries.end(),
                     [&](const std::string& entry) { return matches_wildcard(entry, key); });
}

bool is_permitted(const Address& address, const std::vector<std::string>& user_whitelist,
                  const std::vector<std::string>& user_blacklist, const AddressSet& global_whitelist,
                  const AddressSet& global_blacklist) {
  if (is_listed(address, user_whitelist)) return true;
  if (is_listed(address, user_blacklist)) return false;
  if (global_whitelist.contains(address)) return true;
  if (global_blacklist.contains(address)) return false;
  return user_whitelist.empty() && global_whitelist.empty();
}

}  // namespace stagecoach::routing
