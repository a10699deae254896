// What a group does to the settings of its primary members (docs/reference/groups.md).
#pragma once

#include <functional>
#include <string_view>

#include "routing/model/mail_list.h"
#include "routing/model/profile.h"

namespace stagecoach::routing {

/// The profile with all that the group sets: three-state settings that are set or unset, its size limit and
/// its reply address ("*@example.com" with the user's name). What the group leaves open stays.
Profile with_group(Profile profile, const Group& group, std::string_view user);

/// The same, but what the user has set himself stays: `has_own` knows it by the key ("administrator",
/// "permissions.send_internet", "advanced.reply_address").
Profile with_group_where_open(Profile profile, const Group& group, std::string_view user,
                              const std::function<bool(std::string_view key)>& has_own);

/// The smaller of two limits in kB where 0 means none.
std::int64_t smaller_limit(std::int64_t a, std::int64_t b);

}  // namespace stagecoach::routing
