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

Profile with_group_where_open(Profile profile, const Group& group, std::string_view user,
                              const std::function<bool(std::string_view key)>& has_own) {
  const Profile own = profile;
  profile = with_group(std::move(profile), group, user);
  const auto keep = [&](std::string_view key, auto& value, const auto& his) {
    if (has_own(key)) value = his;
  };
  UserPermissions& permissions = profile.permissions;
  keep("permissions.in_everyone", permissions.in_everyone, own.permissions.in_everyone);
  keep("permissions.send_internet", permissions.send_internet, own.permissions.send_internet);
  keep("permissions.receive_internet", permissions.receive_internet, own.permissions.receive_internet);
  keep("permissions.monitor", permissions.monitor, own.permissions.monitor);
  keep("permissions.max_outgoing_kb", permissions.max_outgoing_kb, own.permissions.max_outgoing_kb);
  keep("administrator", profile.administrator, own.administrator);
  keep("advanced.reply_address", profile.advanced.reply_address, own.advanced.reply_address);
  return profile;
}

}  // namespace stagecoach::routing
