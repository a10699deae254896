#include "actors/tls_results.h"

namespace stagecoach {

std::string_view name(TlsPolicyKind kind) {
  switch (kind) {
    case TlsPolicyKind::dane: return "tlsa";
    case TlsPolicyKind::mta_sts: return "sts";
    case TlsPolicyKind::none: break;
  }
  return "no-policy-found";
}

void TlsResults::count(std::int64_t day, const TlsSessionResult& result) {
  const std::lock_guard lock(mutex_);
  days_.erase(days_.begin(), days_.lower_bound(day - 1));
  auto& domains = days_[day];
  const Key key{result.domain, result.policy};
  if (domains.size() >= k_domains_max && !domains.contains(key)) return;
  TlsDomainResults& entry = domains[key];
  entry.domain = result.domain;
  entry.policy = result.policy;
  entry.policy_lines = result.policy_lines;
  if (result.failure.empty()) {
    ++entry.successes;
    return;
  }
  for (TlsFailureCount& one : entry.failures)
    if (one.type == result.failure && one.mx_host == result.mx_host && one.address == result.address) {
      ++one.sessions;
      return;
    }
  if (entry.failures.size() < k_failures_max)
    entry.failures.push_back({result.failure, result.mx_host, result.address, 1});
}

std::vector<TlsDomainResults> TlsResults::of_day(std::int64_t day) const {
  const std::lock_guard lock(mutex_);
  std::vector<TlsDomainResults> results;
  const auto found = days_.find(day);
  if (found == days_.end()) return results;
  for (const auto& [key, entry] : found->second) results.push_back(entry);
  return results;
}

}  // namespace stagecoach
