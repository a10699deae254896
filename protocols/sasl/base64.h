// Base64 (RFC 4648 section 4) as SASL profiles use it: one line, padded, canonical.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::sasl {

std::string encode_base64(std::string_view bytes);

/// Strict: no spaces or line ends, right padding, unused bits zero. Nothing is returned for anything else.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace stagecoach::sasl
