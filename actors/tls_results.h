// Counts how sessions with other servers were secured: the figures of TLS reports (RFC 8460), a day and a
// domain each. Any thread. Kept in memory for two days; `stagecoach tls-report` shows them.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach {

/// What a session was bound to.
enum class TlsPolicyKind : std::uint8_t { none, mta_sts, dane };
std::string_view name(TlsPolicyKind kind);  // "no-policy-found", "sts", "tlsa"

struct TlsSessionResult {
  std::string domain;  // of the recipients
  TlsPolicyKind policy = TlsPolicyKind::none;
  std::vector<std::string> policy_lines;  // of the policy text, or TLSA records
  std::string mx_host, address;           // the server
  std::string failure;                    // result type of RFC 8460 section 4.3; empty: success
};

struct TlsFailureCount {
  std::string type, mx_host, address;
  std::int64_t sessions = 0;
};
struct TlsDomainResults {
  std::string domain;
  TlsPolicyKind policy = TlsPolicyKind::none;
  std::vector<std::string> policy_lines;
  std::int64_t successes = 0;
  std::vector<TlsFailureCount> failures;
};

class TlsResults {
 public:
  /// `day` counts from 1970-01-01 in UTC. Beyond k_domains_max domains a day nothing new is counted.
  void count(std::int64_t day, const TlsSessionResult& result);
  std::vector<TlsDomainResults> of_day(std::int64_t day) const;

  static constexpr std::size_t k_domains_max = 10000, k_failures_max = 100;  // a day; of one domain

 private:
  using Key = std::pair<std::string, TlsPolicyKind>;
  mutable std::mutex mutex_;
  std::map<std::int64_t, std::map<Key, TlsDomainResults>> days_;
};

}  // namespace stagecoach
