// The attributes of SCRAM messages (RFC 5802 section 5): "n=fred,r=nonce".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::sasl {

/// Takes "k=value" up to the next comma off `rest`; nothing when `rest` begins with another attribute.
std::optional<std::string_view> take_attribute(std::string_view& rest, char key);

/// "=2C" and "=3D" for comma and equals sign.
std::string encode_saslname(std::string_view name);
std::optional<std::string> decode_saslname(std::string_view text);

/// Octet by octet; both must have the same length.
std::string exclusive_or(std::string_view a, std::string_view b);

}  // namespace stagecoach::sasl
