// Carries out a Rendition on a whole message: header edits, and a footer under its text. All other bytes stay
// as they are. Never fails.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/model/plan.h"

namespace stagecoach::mime {

/// `rendition.reverse_path` belongs to the envelope and is not looked at.
std::string rewrite(std::string_view message, const Rendition& rendition);

/// Only the header section changes. Values are cleaned, encoded (RFC 2047) and folded; trace fields are added
/// at the top, others at the end. An edit that sets an empty value removes.
std::string edit_header(std::string_view message, const std::vector<HeaderEdit>& edits);

}  // namespace stagecoach::mime
