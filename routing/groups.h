// What a group does to the settings of its primary members (docs/reference/groups.md).
#pragma once

#include <string_view>

#include "routing/model/mail_list.h"
#include "routing/model/profile.h"

namespace stagecoach::routing {

/// The profile with all that the group sets: three-state settings that are set or unset, its size limit and
/// its reply address ("*@example.com" with the user's name). What the group leaves open stays.
Profile with_group(Profile profile, const Group& group, std::string_view user);

/// The smaller of two limits in kB where 0 means none.
std::int64_t smaller_limit(std::int64_t a, std::int64_t b);

}  // namespace stagecoach::routing
