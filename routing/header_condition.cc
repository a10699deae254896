#include "routing/header_condition.h"

#include <algorithm>

#include "routing/text.h"
#include "routing/wildcard.h"

namespace stagecoach::routing {
namespace {}  // namespace

Result<HeaderCondition> HeaderCondition::parse(std::string_view line) {
  const auto colon = line.find(':');
  const auto name = trimmed(line.substr(0, colon));
  if (colon == std::string_view::npos || name.empty())
    return invalid_input("\"" + std::string(line) + "\" is not \"Field: pattern\"");
  auto pattern = Pattern::compile(trimmed(line.substr(colon + 1)));
  if (!pattern) return std::move(pattern).error();
  return HeaderCondition(std::string(name), std::move(*pattern), std::string(trimmed(line)));
}

bool HeaderCondition::matches(const HeaderFields& header) const {
  return std::any_of(header.begin(), header.end(), [this](const HeaderField& field) {
    return matches_wildcard(name_, field.name) && pattern_.matches(field.body);
  });
}

const HeaderCondition* first_match(const std::vector<HeaderCondition>& conditions,
                                   const HeaderFields& header) {
  for (const HeaderCondition& condition : conditions)
    if (condition.matches(header)) return &condition;
  return nullptr;
}

}  // namespace stagecoach::routing
