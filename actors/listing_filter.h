// Filters and order of listings (docs/reference/commands.md): rows are JSON objects, columns their members.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "routing/model/result.h"

namespace stagecoach {

/// Keeps the rows that meet all conditions. By the kind of the column:
///   text     a part of it, without regard to case; "=text": all of it
///   number   "5", ">5", ">=5", "<5", "<=5", "2..5" (both included)
///   flag     yes, no (and their synonyms)
///   list     a part of any element
/// `invalid_input` for a column that no row has, and for an expression that is no number where one is needed.
Result<std::vector<nlohmann::json>> filter_rows(std::vector<nlohmann::json> rows,
                                                const std::map<std::string, std::string>& conditions);

/// By one column, downwards with "-column"; rows without it come first. Equal rows keep their order.
Result<std::vector<nlohmann::json>> sort_rows(std::vector<nlohmann::json> rows, std::string_view column);

}  // namespace stagecoach
