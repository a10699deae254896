// Text records and policies of MTA-STS: whatever a web server or a name server sends.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "protocols/mta_sts/policy.h"

using namespace stagecoach;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (mta_sts::policy_id({std::string(text)}).size() > 32) std::abort();
  const auto policy = mta_sts::parse_policy(text);
  if (!policy) return 0;
  if (policy->mx.size() > mta_sts::k_hosts_max || policy->lines.size() > mta_sts::k_lines_max) std::abort();
  if (policy->max_age_seconds < 0 || policy->max_age_seconds > mta_sts::k_age_max) std::abort();
  for (const std::string& pattern : policy->mx)
    if (pattern.find('*') == std::string::npos && !mta_sts::allows(*policy, pattern) &&
        (pattern.empty() || pattern.back() != '.'))
      std::abort();
  return 0;
}
