#include "routing/sending/return_path.h"

namespace stagecoach::routing {

std::string_view return_path(const ReturnPathRule& rule, std::string_view reverse_path, bool is_local) {
  if (reverse_path.empty()) return rule.null_replacement;
  if (rule.address.empty()) return reverse_path;
  switch (rule.mode) {
    case ReturnPathMode::unchanged: return reverse_path;
    case ReturnPathMode::always: return rule.address;
    case ReturnPathMode::if_not_local: return is_local ? reverse_path : rule.address;
  }
  return reverse_path;
}

}  // namespace stagecoach::routing
