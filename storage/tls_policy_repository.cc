#include "storage/tls_policy_repository.h"

namespace stagecoach::storage {

namespace {
constexpr Statement k_expire{"tls_policy_expire", "DELETE FROM tls_policy WHERE until <= $1"};
constexpr Statement k_load{"tls_policy_load", "SELECT domain, id, policy, until FROM tls_policy"};
constexpr Statement k_keep{"tls_policy_keep",
                           "INSERT INTO tls_policy (domain, id, policy, until) VALUES ($1, $2, $3, $4)"
                           " ON CONFLICT (domain) DO UPDATE SET id = $2, policy = $3, until = $4"};
}  // namespace

Result<std::vector<StoredTlsPolicy>> TlsPolicyRepository::load(std::int64_t now) {
  if (auto expired = database_.run(k_expire, {now}); !expired) return std::move(expired.error());
  auto rows = database_.run(k_load);
  if (!rows) return std::move(rows.error());
  std::vector<StoredTlsPolicy> policies;
  for (int i = 0; i < rows->size(); ++i)
    policies.push_back({std::string(rows->text(i, 0)), std::string(rows->text(i, 1)),
                        std::string(rows->text(i, 2)), rows->integer(i, 3)});
  return policies;
}

Result<void> TlsPolicyRepository::keep(const StoredTlsPolicy& policy) {
  auto kept = database_.run(k_keep, {policy.domain, policy.id, policy.policy, policy.until});
  if (!kept) return std::move(kept.error());
  return {};
}

}  // namespace stagecoach::storage
