// Forms in request bodies: application/x-www-form-urlencoded and multipart/form-data (RFC 7578).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/http/message.h"
#include "routing/model/result.h"

namespace stagecoach::http {

/// The fields in order; the values are bytes. invalid_input: another type or a broken form; limit_reached:
/// more than 100 fields.
Result<std::vector<Field>> parse_form(std::string_view content_type, std::string_view body);

/// "a%20b" -> "a b". A '%' without two hexadecimal digits stays. `plus`: a '+' is a space, as in forms.
std::string percent_decoded(std::string_view text, bool plus = false);

}  // namespace stagecoach::http
