#include "actors/server_search.h"

#include <algorithm>
#include <climits>

#include "actors/queue_state.h"
#include "actors/serialisation.h"
#include "actors/tls_policies.h"
#include "protocols/smtp/ace_domain.h"

namespace stagecoach {

namespace {

constexpr std::int64_t k_seconds_of_day = 24 * 3600;

bool is_literal(const std::string& domain) {
  return domain.size() > 2 && domain.front() == '[' && domain.back() == ']';
}

}  // namespace

// ---- the servers ----

void ServerSearch::begin(Found then) {
  if (task_.sender.kind == conf::SenderKind::relay) {
    for (const conf::HostPort& server : task_.sender.relay_servers()) {
      MailServer one{server.host, server.port};
      one.name_is_proved = one.may_have_tlsa = true;
      servers_.push_back(std::move(one));
    }
    return then({});
  }
  domain_ = domain_of(task_.destination);
  if (task_.mx_override && !task_.mx_override->answer.needs_real && !task_.mx_override->answer.add_real)
    return take_servers(task_.mx_override->answer, {}, std::move(then));
  if (is_literal(domain_)) {
    std::string literal = domain_.substr(1, domain_.size() - 2);
    if (literal.rfind("ipv6:", 0) == 0) literal = literal.substr(5);
    servers_.push_back({literal, task_.sender.direct.port});
    return then({});
  }
  auto ace = smtp::ace_domain(domain_);
  if (!ace) return then(Nothing{"5.1.2 no such domain: " + domain_, true});
  domain_ = std::move(*ace);
  find_mx(domain_, std::move(then));
}

void ServerSearch::find_mx(const std::string& domain, Found then) {
  self_->request(resolver_, caf::infinite, ResolveMx{domain})
      .then([this, domain, then](const MxAnswer& answer) { take_mx(domain, answer, then); },
            [then](const caf::error&) { then(Nothing{"4.4.3 the resolver has ended"}); });
}

void ServerSearch::take_mx(const std::string& domain, const MxAnswer& answer, Found then) {
  if (task_.mx_override) {
    std::vector<std::string> names;
    for (const MxHost& host : answer.hosts) names.push_back(host.name);
    const MxOverride& known = *task_.mx_override;
    const std::string as_given = domain_of(task_.destination);
    const auto overridden = known.answer.needs_real ? known.ask_again(as_given, names) : known.answer;
    if (overridden.found) return take_servers(overridden, answer, std::move(then));
  }
  if (!answer.outcome.ok) {
    const bool gone = answer.outcome.error.kind == Error::Kind::not_found;
    return then(Nothing{(gone ? "5.1.2 " : "4.4.3 ") + answer.outcome.error.reason, gone});
  }
  if (answer.null_mx)
    return then(Nothing{"5.1.10 the domain " + domain + " does not accept mail (null MX)", true});
  take_servers({}, answer, {});
  if (servers_.empty() && !answer.hosts.empty())
    return then(
        Nothing{"5.4.6 mail for " + domain + " would come back to this server: it is the first MX", true});
  find_policy(domain, std::move(then));
}

/// This server as an MX host gets no mail from itself, nor do those that are not preferred to it: mail would
/// go round (RFC 5321 section 5.1).
std::vector<MxHost> ServerSearch::preferred_to_us(const std::vector<MxHost>& hosts) const {
  const std::string& own = node_.config()->server.hostname;
  int limit = INT_MAX;
  for (const MxHost& host : hosts)
    if (equals_ignoring_case(host.name, own)) limit = std::min(limit, host.preference);
  std::vector<MxHost> preferred = hosts;
  std::erase_if(preferred, [limit](const MxHost& host) { return host.preference >= limit; });
  return preferred;
}

/// Those of the DNS overrides and, when they say so, the real ones, by their preference.
void ServerSearch::take_servers(const routing::OverrideAnswer& overridden, const MxAnswer& real, Found then) {
  std::vector<std::pair<int, MailServer>> servers;
  for (const routing::OverrideHost& host : overridden.hosts) {
    MailServer server{host.name, host.port, host.user, host.password};
    server.name_is_proved = server.may_have_tlsa = true;
    servers.push_back({host.priority, std::move(server)});
  }
  if (!overridden.found || overridden.add_real)
    for (const MxHost& host : preferred_to_us(real.hosts)) {
      MailServer server{host.name, task_.sender.direct.port};
      server.name_is_proved = server.may_have_tlsa = real.secure;
      servers.push_back({host.preference, std::move(server)});
    }
  std::stable_sort(servers.begin(), servers.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [preference, server] : servers) servers_.push_back(std::move(server));
  if (overridden.found)
    node_.log.info("send", "",
                   "DNS overrides for " + task_.destination + ": " + routing::describe(overridden));
  if (then) then({});
}

bool ServerSearch::may_use_policies() const {
  return task_.tls && task_.sender.relay.encryption != conf::ClientTls::none;
}

void ServerSearch::find_policy(const std::string& domain, Found then) {
  const caf::actor policies = node_.handles()->tls_policies;
  if (!may_use_policies() || !task_.sender.mta_sts || !policies) return then({});
  self_
      ->request(caf::actor_cast<TlsPoliciesActor>(policies), caf::infinite,
                FindTlsPolicy{domain, task_.sender.direct.mta_sts_port})
      .then(
          [this, then](const TlsPolicyAnswer& answer) {
            policy_ = answer.policy;
            if (!policy_ && !answer.failure.empty()) {
              MailServer none;
              none.policy = TlsPolicyKind::mta_sts;
              count(none, "", answer.failure);
            }
            then({});
          },
          [then](const caf::error&) { then({}); });
}

// ---- one after the other ----

void ServerSearch::next(Next then) {
  while (addresses_.empty() && !servers_.empty()) {
    current_ = std::move(servers_.front());
    servers_.pop_front();
    current_.check.name = current_.name;
    current_.check.required = task_.sender.kind == conf::SenderKind::relay && task_.sender.relay.tls_verify;
    if (obey_script(current_) && obey_policy(current_)) return find_addresses(std::move(then));
  }
  if (addresses_.empty()) return then({});
  ServerAddress found{current_, addresses_.front()};
  addresses_.pop_front();
  then(std::move(found));
}

bool ServerSearch::obey_script(MailServer& server) {
  if (!hooks_.exist()) return true;
  auto change = hooks_.before_connect(server.name, domain_);
  if (!change) return true;
  if (change->skip) {
    note_failure("4.4.4 " + server.name + ": left out by a script");
    return false;
  }
  if (change->port) server.port = *change->port;
  server.change = std::move(*change);
  return true;
}

/// What MTA-STS says of the server; false: it may not be used.
bool ServerSearch::obey_policy(MailServer& server) {
  if (!policy_) return true;
  const bool enforced = policy_->mode == mta_sts::Mode::enforce;
  server.policy = TlsPolicyKind::mta_sts;
  server.policy_lines = policy_->lines;
  if (!mta_sts::allows(*policy_, server.name)) {
    count(server, "", "validation-failure");
    note_failure("4.7.0 " + server.name + ": the MTA-STS policy of " + domain_ +
                 " does not name this server");
    return !enforced;
  }
  server.name_is_proved = true;
  server.tls_required = server.check.required = enforced;
  server.is_test = !enforced;
  return true;
}

void ServerSearch::find_addresses(Next then) {
  self_->request(resolver_, caf::infinite, ResolveHost{current_.name})
      .then([this, then](const HostAnswer& answer) { take_addresses(answer, then); },
            [this, then](const caf::error&) {
              note_failure("4.4.3 the resolver has ended");
              then({});
            });
}

void ServerSearch::take_addresses(const HostAnswer& answer, Next then) {
  if (!answer.outcome.ok) {
    note_failure("4.4.3 " + current_.name + ": " + answer.outcome.error.reason);
    return next(std::move(then));
  }
  addresses_.assign(answer.addresses.begin(), answer.addresses.end());
  if (answer.secure && current_.may_have_tlsa && task_.sender.dane && may_use_policies())
    return find_tlsa(std::move(then));
  next(std::move(then));
}

// ---- DANE ----

void ServerSearch::find_tlsa(Next then) {
  self_->request(resolver_, caf::infinite, ResolveTlsa{current_.name, current_.port})
      .then(
          [this, then](const TlsaAnswer& answer) {
            take_tlsa(answer);
            next(then);
          },
          [this, then](const caf::error&) {
            note_failure("4.4.3 the resolver has ended");
            then({});
          });
}

/// Goes before MTA-STS (RFC 8461 section 2). That the records cannot be had is a failure: else an attacker
/// would only have to hold them back.
void ServerSearch::take_tlsa(const TlsaAnswer& answer) {
  if (!answer.outcome.ok) {
    current_.policy = TlsPolicyKind::dane;
    count(current_, "", "dnssec-invalid");
    note_failure("4.7.5 " + current_.name + ": TLSA records: " + answer.outcome.error.reason);
    addresses_.clear();
    return;
  }
  if (!answer.secure || answer.records.empty()) return;
  current_.policy = TlsPolicyKind::dane;
  current_.is_test = false;
  current_.tls_required = true;
  current_.policy_lines.clear();
  for (const TlsaRecord& record : answer.records) current_.policy_lines.push_back(text_of(record));
  current_.check.tlsa = usable_records(answer.records);
  // None that is usable: TLS all the same, with any certificate (RFC 7672 section 2.2).
  current_.check.required = !current_.check.tlsa.empty();
  if (!domain_.empty()) current_.check.further_names = {domain_};
}

// ---- reports ----

void ServerSearch::count(const MailServer& server, const std::string& ip, std::string failure_type) {
  if (domain_.empty()) return;
  node_.tls_results.count(now_seconds() / k_seconds_of_day, {domain_, server.policy, server.policy_lines,
                                                             server.name, ip, std::move(failure_type)});
}

}  // namespace stagecoach
