// Header modifiers as users and administrators write them: "Field: data" sets, "Field:" removes.
#pragma once

#include <optional>
#include <string_view>

#include "routing/header_field.h"
#include "routing/model/plan.h"

namespace stagecoach::routing {

/// Nothing when there is no colon or the text before it is no field name (RFC 5322 section 2.2). Control
/// characters of the data become spaces.
std::optional<HeaderEdit> parse_header_modifier(std::string_view line);

/// What the header looks like after the edit, for those who test it later in the same run.
void apply_edit(HeaderFields& header, const HeaderEdit& edit);

/// The unfolded body of the first field of this name; empty when there is none.
std::string_view first_body(const HeaderFields& header, std::string_view name);

}  // namespace stagecoach::routing
