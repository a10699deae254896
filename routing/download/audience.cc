#include "routing/download/audience.h"

#include <algorithm>

#include "routing/collected_recipients.h"

namespace stagecoach::routing {
namespace {

constexpr std::size_t k_audience_max = 200;  // nobody asks more people about one message

void add(std::vector<std::string>& names, std::string name) {
  if (names.size() < k_audience_max && std::find(names.begin(), names.end(), name) == names.end())
    names.push_back(std::move(name));
}

}  // namespace

std::vector<std::string> CollectedAudience::names(const Directory& directory) const {
  std::vector<std::string> all = users;
  for (const std::string& user : users) all.push_back(directory.address_of(user));
  all.insert(all.end(), remote.begin(), remote.end());
  return all;
}

CollectedAudience collected_audience(const RoutingInput& input) {
  CollectedAudience audience;
  const CollectorRouting& rules = *input.facts.collector;
  if (rules.method == RoutingMethod::parse_headers) {
    for (const CollectedRecipient& found : collected_recipients(input.facts.header, rules, input.directory))
      ++(found.valid ? audience.valid : audience.invalid);
  } else {
    audience.valid = 1;
  }
  const Draft draft = recipients(begin_draft(input), input);
  for (const Target& target : draft.targets) add(audience.users, target.user);
  for (const RemoteRecipient& remote : draft.remote) add(audience.remote, remote.recipient.address);
  return audience;
}

}  // namespace stagecoach::routing
