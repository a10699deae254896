#include "conf/group_members.h"

#include <algorithm>

#include "conf/read_settings.h"
#include "routing/groups.h"

namespace stagecoach::conf {

void give_group_settings(Config& config, const Sources& sources) {
  for (UserSettings& user : config.users) {
    if (user.profile.primary_group.empty()) continue;
    const auto group = std::find_if(config.groups.begin(), config.groups.end(), [&](const Group& one) {
      return equals_ignoring_case(one.name, user.profile.primary_group);
    });
    if (group == config.groups.end() || group->force) continue;
    const auto has_own = [&](std::string_view key) {
      return sources.lines.contains(
          line_key(user.where.file, user.where.line, joined_key("user." + user.name, key)));
    };
    user.profile = routing::with_group_where_open(std::move(user.profile), *group, user.name, has_own);
  }
}

}  // namespace stagecoach::conf
