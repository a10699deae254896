// What the DNS overrides of a direct sender say for one destination: servers that take the place of its MX
// records, or a question that only those records answer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "routing/sending/dns_overrides.h"

namespace stagecoach {

struct MxOverride {
  std::shared_ptr<const routing::DnsOverrides> overrides;
  routing::OverrideAnswer answer;  // needs_real: to be asked again with `facts` and the names of the MX hosts
  // of the message that asked
  std::int64_t retries = 0, size_bytes = 0;
  std::chrono::minutes age{0};
  std::string auth_sender, from;

  routing::OverrideAnswer ask_again(const std::string& domain,
                                    const std::vector<std::string>& mx_names) const {
    return overrides->answer(domain, {retries, size_bytes, age, auth_sender, from}, &mx_names);
  }
};

}  // namespace stagecoach
