#include "routing/bcc.h"

#include <unordered_set>

namespace stagecoach::routing {

std::vector<std::string> bcc_recipients(const RoutingInput& input) {
  std::vector<std::string> hidden;
  if (!input.facts.has_message) return hidden;
  std::unordered_set<std::string> named;
  for (const HeaderField& field : input.facts.header)
    for (const char* name : {"To", "Cc", "Resent-To", "Resent-Cc"})
      if (equals_ignoring_case(field.name, name))
        for (const Address& address : field.addresses) named.insert(input.directory.complete(address).key());
  for (const EnvelopeRecipient& recipient : input.arrival.envelope.recipients)
    if (!named.contains(input.directory.complete(split_address(recipient.address)).key()))
      hidden.push_back(recipient.address);
  return hidden;
}

}  // namespace stagecoach::routing
