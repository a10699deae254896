// Domains with letters beyond ASCII as DNS knows them: labels "xn--…" (RFC 5891, by the mapping of UTS 46).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::smtp {

/// "bücher.example" becomes "xn--bcher-kva.example"; a domain of ASCII alone stays as it is. Nothing: it has
/// characters or lengths that no label can have.
std::optional<std::string> ace_domain(std::string_view domain);

}  // namespace stagecoach::smtp
