// What a sender gives as MAIL FROM instead of the envelope sender of a waiting message
// (docs/reference/senders.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stagecoach::routing {

enum class ReturnPathMode : std::uint8_t { unchanged, always, if_not_local };

struct ReturnPathRule {
  ReturnPathMode mode = ReturnPathMode::unchanged;
  std::string address;           // of the other two modes
  std::string null_replacement;  // instead of the null path; empty: it stays
};

/// A view of one of the arguments; empty: the null path. `is_local`: whether `reverse_path` is one of our
/// addresses. The null path is no address: only null_replacement changes it, so that bounces stay bounces.
std::string_view return_path(const ReturnPathRule& rule, std::string_view reverse_path, bool is_local);

}  // namespace stagecoach::routing
