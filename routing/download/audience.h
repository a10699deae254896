// Who would get a collected message: known from its header section alone, before it is fetched.
#pragma once

#include <string>
#include <vector>

#include "routing/pipeline.h"

namespace stagecoach::routing {

struct CollectedAudience {
  std::vector<std::string> users;   // names, lower case, each once
  std::vector<std::string> remote;  // addresses at other servers
  std::int64_t valid = 0;           // addresses that somebody recognises
  std::int64_t invalid = 0;         // addresses of accepted domains that nobody does

  /// What the condition Rcpt compares: names of users, their addresses, remote addresses.
  std::vector<std::string> names(const Directory& directory) const;
  bool empty() const { return users.empty() && remote.empty(); }
};

/// `input` is a collected message: facts.collector and facts.header are there. On what happens without any
/// valid recipient the audience depends, too.
CollectedAudience collected_audience(const RoutingInput& input);

}  // namespace stagecoach::routing
