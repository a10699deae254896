// xtext (RFC 3461 section 4): how ORCPT, ENVID and AUTH carry any octets. "+" and what is not printable ASCII
// becomes "+" and two upper case hexadecimal digits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::smtp {

std::string encode_xtext(std::string_view bytes);
std::optional<std::string> decode_xtext(std::string_view text);

}  // namespace stagecoach::smtp
