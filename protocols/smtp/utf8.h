// Whether octets are plain ASCII or well-formed UTF-8 (RFC 3629).
#pragma once

#include <string_view>

namespace stagecoach::smtp {

bool is_ascii(std::string_view text);
/// No overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace stagecoach::smtp
