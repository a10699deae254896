#include "routing/groups.h"

#include <algorithm>

namespace stagecoach::routing {

std::int64_t smaller_limit(std::int64_t a, std::int64_t b) {
  if (a == 0 || b == 0) return std::max(a, b);
  return std::min(a, b);
}

Profile with_group(Profile profile, const Group& group, std::string_view user) {
  UserPermissions& permissions = profile.permissions;
  permissions.in_everyone = group.in_everyone.value_or(permissions.in_everyone);
  permissions.send_internet = group.send_internet.value_or(permissions.send_internet);
  permissions.receive_internet = group.receive_internet.value_or(permissions.receive_internet);
  permissions.monitor = group.monitor.value_or(permissions.monitor);
  profile.administrator = group.administrator.value_or(profile.administrator);
  permissions.max_outgoing_kb = smaller_limit(permissions.max_outgoing_kb, group.max_outgoing_kb);
  if (group.reply_address.starts_with('*'))
    profile.advanced.reply_address = std::string(user) + group.reply_address.substr(1);
  else if (!group.reply_address.empty())
    profile.advanced.reply_address = group.reply_address;
  return profile;
}

}  // namespace stagecoach::routing
