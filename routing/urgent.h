// Urgent messages: those that make a connection run at once (docs/reference/header-processing.md).
#pragma once

#include <string_view>

#include "routing/header_field.h"
#include "routing/model/header_policy.h"

namespace stagecoach::routing {

/// The definition that the header matches, "X-Priority:1"; empty: none, or the policy is off.
std::string_view urgent_field(const UrgentPolicy& policy, const HeaderFields& header);

}  // namespace stagecoach::routing
