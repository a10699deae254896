// For a mailbox that several people share under one address: who is meant, by the name beside the address
// (single_address_comment) or by a marker in the subject (subject_marker). Both guess; parse_headers and
// single_user do not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "routing/collector_routing.h"
#include "routing/directory.h"
#include "routing/header_field.h"

namespace stagecoach::routing {

/// Names of users and lists, each once. By the name beside the address: `"Fred" <office@isp.example>` and
/// `office@isp.example (Fred Smith)` mean the user of this name or of this full name. By a marker: `[fred]`
/// anywhere in the subject.
std::vector<std::string> collected_names(const HeaderFields& header, RoutingMethod method,
                                         const Directory& directory);

/// The texts beside the addresses of a field: display names without quotes, comments without parentheses.
std::vector<std::string> texts_beside_addresses(std::string_view body);
/// The texts in square brackets.
std::vector<std::string> markers_in(std::string_view subject);

}  // namespace stagecoach::routing
