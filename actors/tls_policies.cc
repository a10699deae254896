#include "actors/tls_policies.h"

#include <unordered_map>

#include "actors/database.h"
#include "actors/serialisation.h"
#include "actors/web_fetch.h"
#include "storage/tls_policy_repository.h"

namespace stagecoach {

namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t k_kept_max = 10000;
constexpr auto k_look_interval = 300s;  // between two looks at the text record of a domain
constexpr auto k_fetch_timeout = 60s;   // RFC 8461 section 3.3

class TlsPolicies : public TlsPoliciesActor::base {
 public:
  TlsPolicies(caf::actor_config& config, Node& node, ResolverActor resolver)
      : TlsPoliciesActor::base(config), node_(node), resolver_(std::move(resolver)) {}

  behavior_type make_behavior() override {
    web_ = spawn_web_fetch(system());
    load();
    return {[this](const FindTlsPolicy& question) -> caf::result<TlsPolicyAnswer> {
      auto promise = make_response_promise<TlsPolicyAnswer>();
      find(question, promise);
      return promise;
    }};
  }
  void on_exit() override {
    web_ = nullptr;
    resolver_ = nullptr;
    known_.clear();
  }
  const char* name() const override { return "tls_policies"; }

 private:
  struct Known {
    std::string id;
    std::shared_ptr<const mta_sts::Policy> policy;  // null: none is known
    Clock::time_point until;                        // of the policy
    Clock::time_point look_again;
    std::string failure;
    std::vector<caf::typed_response_promise<TlsPolicyAnswer>> waiting;
  };

  /// What was in force before a restart; questions that come earlier are answered without it.
  void load() {
    ask_database<std::vector<storage::StoredTlsPolicy>>(
        this, node_.handles()->database,
        [now = now_microseconds()](storage::Database& database) {
          return storage::TlsPolicyRepository(database).load(now);
        },
        [this](Result<std::vector<storage::StoredTlsPolicy>> policies) {
          if (!policies) return node_.log.warning("tls-policy", "", policies.error().text());
          for (const storage::StoredTlsPolicy& one : *policies) {
            auto policy = mta_sts::parse_policy(one.policy);
            Known& known = known_[one.domain];
            if (!policy || known.policy) continue;
            known.id = one.id;
            known.until = Clock::now() + std::chrono::microseconds(one.until - now_microseconds());
            known.policy = std::make_shared<const mta_sts::Policy>(std::move(*policy));
          }
        });
  }
  void keep(const std::string& domain, const Known& known) {
    std::string text;
    for (const std::string& line : known.policy->lines) text += line + "\n";
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(known.until - Clock::now());
    ask_database<void>(
        this, node_.handles()->database,
        [policy =
             storage::StoredTlsPolicy{domain, known.id, std::move(text), now_microseconds() + left.count()}](
            storage::Database& database) { return storage::TlsPolicyRepository(database).keep(policy); },
        [this](Result<void> kept) {
          if (!kept) node_.log.warning("tls-policy", "", kept.error().text());
        });
  }

  void find(const FindTlsPolicy& question, caf::typed_response_promise<TlsPolicyAnswer> promise) {
    if (known_.size() > k_kept_max) forget_old();
    Known& known = known_[question.domain];
    if (known.waiting.empty() && Clock::now() < known.look_again)
      return void(promise.deliver(answer_of(known)));
    known.waiting.push_back(promise);
    if (known.waiting.size() > 1) return;
    request(resolver_, caf::infinite, ResolveText{"_mta-sts." + question.domain})
        .then([this, question](const TextAnswer& answer) { take_record(question, answer); },
              [this, question](const caf::error&) { settle(question.domain); });
  }

  void forget_old() {
    const auto now = Clock::now();
    std::erase_if(known_, [now](const auto& one) {
      return one.second.waiting.empty() && one.second.look_again < now && one.second.until < now;
    });
    // All in force: then those without a policy go.
    if (known_.size() > k_kept_max)
      std::erase_if(known_, [](const auto& one) { return one.second.waiting.empty() && !one.second.policy; });
  }

  void take_record(const FindTlsPolicy& question, const TextAnswer& answer) {
    Known& known = known_[question.domain];
    const std::string id = mta_sts::policy_id(answer.texts);
    const bool in_force = known.policy && Clock::now() < known.until;
    if (id.empty() || (in_force && id == known.id)) {
      if (!in_force) known.failure.clear();
      return settle(question.domain);
    }
    const std::string host = "mta-sts." + question.domain;
    request(resolver_, caf::infinite, ResolveHost{host})
        .then(
            [this, question, id, host](const HostAnswer& found) {
              if (!found.outcome.ok)
                return fetch_failed(question.domain, "sts-policy-fetch-error", found.outcome.error.reason);
              fetch(question, id, host, found.addresses);
            },
            [this, question](const caf::error&) { settle(question.domain); });
  }

  void fetch(const FindTlsPolicy& question, const std::string& id, const std::string& host,
             const std::vector<std::string>& addresses) {
    const auto config = node_.config();
    FetchUrl get{.url = "https://" + host + "/.well-known/mta-sts.txt",
                 .addresses = addresses,
                 .port = question.port == 443 ? 0 : question.port,
                 .ca_file = config->resolve(config->tls.ca_file),
                 .timeout = k_fetch_timeout};
    request(web_, caf::infinite, std::move(get))
        .then(
            [this, domain = question.domain, id](const FetchedUrl& fetched) {
              if (!fetched.outcome.ok)
                return fetch_failed(
                    domain, fetched.certificate_failed ? "sts-webpki-invalid" : "sts-policy-fetch-error",
                    fetched.outcome.error.reason);
              if (fetched.status != 200)
                return fetch_failed(domain, "sts-policy-fetch-error",
                                    "status " + std::to_string(fetched.status));
              auto policy = mta_sts::parse_policy(fetched.body);
              if (!policy) return fetch_failed(domain, "sts-policy-invalid", policy.error().reason);
              take_policy(domain, id, std::move(*policy));
            },
            [this, domain = question.domain](const caf::error&) { settle(domain); });
  }

  void take_policy(const std::string& domain, const std::string& id, mta_sts::Policy policy) {
    Known& known = known_[domain];
    node_.log.info("tls-policy", "",
                   domain + ": mode " + std::string(mta_sts::name(policy.mode)) + ", kept for " +
                       std::to_string(policy.max_age_seconds) + " s");
    known.id = id;
    known.failure.clear();
    known.until = Clock::now() + std::chrono::seconds(policy.max_age_seconds);
    known.policy = std::make_shared<const mta_sts::Policy>(std::move(policy));
    keep(domain, known);
    settle(domain);
  }

  void fetch_failed(const std::string& domain, const char* type, const std::string& reason) {
    node_.log.warning("tls-policy", "", domain + ": the policy cannot be had: " + reason);
    known_[domain].failure = type;
    settle(domain);
  }

  TlsPolicyAnswer answer_of(const Known& known) const {
    const bool in_force =
        known.policy && Clock::now() < known.until && known.policy->mode != mta_sts::Mode::none;
    return {in_force ? known.policy : nullptr, known.failure};
  }

  void settle(const std::string& domain) {
    Known& known = known_[domain];
    known.look_again = Clock::now() + k_look_interval;
    for (auto& promise : std::exchange(known.waiting, {})) promise.deliver(answer_of(known));
  }

  Node& node_;
  ResolverActor resolver_;
  WebFetchActor web_;
  std::unordered_map<std::string, Known> known_;
};

}  // namespace

TlsPoliciesActor spawn_tls_policies(caf::actor_system& system, Node& node, ResolverActor resolver) {
  return system.spawn<TlsPolicies>(std::ref(node), std::move(resolver));
}

}  // namespace stagecoach
