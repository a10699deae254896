#include "routing/urgent.h"

#include <algorithm>

#include "routing/text.h"

namespace stagecoach::routing {

std::string_view urgent_field(const UrgentPolicy& policy, const HeaderFields& header) {
  if (!policy.connect_immediately) return {};
  for (const std::string_view definition : policy.fields) {
    const auto colon = definition.find(':');
    if (colon == std::string_view::npos) continue;  // check reports it
    const auto name = trimmed(definition.substr(0, colon)), data = trimmed(definition.substr(colon + 1));
    if (std::any_of(header.begin(), header.end(), [&](const HeaderField& field) {
          return equals_ignoring_case(field.name, name) && field.body.find(data) != std::string::npos;
        }))
      return definition;
  }
  return {};
}

}  // namespace stagecoach::routing
