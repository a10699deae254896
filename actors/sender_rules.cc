#include "actors/sender_rules.h"

#include <algorithm>

#include "actors/destinations.h"
#include "routing/model/address.h"

namespace stagecoach {

const conf::SenderSettings* sender_of(const conf::Config& config, const std::string& connection) {
  for (const conf::SenderSettings& sender : config.senders)
    if (sender.connection == connection) return &sender;
  return nullptr;
}

std::vector<const conf::SenderSettings*> immediate_senders(const conf::Config& config, bool paused) {
  const auto& options = config.schedule_options;
  if (!options.send_immediately || paused) return {};
  // A link that a command makes is not there but for a run.
  const auto is_there = [&config](const std::string& connection) {
    return std::none_of(config.connections.begin(), config.connections.end(), [&](const auto& one) {
      return one.name == connection && one.kind == conf::ConnectionKind::command;
    });
  };
  std::vector<const conf::SenderSettings*> senders;
  for (const std::string& connection : options.send_immediately_connections)
    if (const auto* sender = sender_of(config, connection); sender && is_there(connection))
      senders.push_back(sender);
  if (!options.send_immediately_connections.empty()) return senders;
  const auto first = std::find_if(config.senders.begin(), config.senders.end(),
                                  [&](const auto& sender) { return is_there(sender.connection); });
  if (first != config.senders.end()) senders.push_back(&*first);
  return senders;
}

std::int64_t room_of_session(const conf::SenderLimits& limits, std::int64_t messages,
                             std::int64_t recipients) {
  if (limits.max_messages_per_session > 0 && messages >= limits.max_messages_per_session) return 0;
  if (limits.max_recipients_per_session <= 0) return INT64_MAX;
  return std::max<std::int64_t>(0, limits.max_recipients_per_session - recipients);
}

void SenderRules::configure(const std::vector<conf::SenderSettings>& senders) {
  std::map<std::string, Rules> before = std::exchange(rules_, {});
  overridden_.clear();
  for (const conf::SenderSettings& sender : senders) {
    Rules& rules = rules_[sender.connection];
    if (const auto known = before.find(sender.connection); known != before.end())
      rules = std::move(known->second);
    auto filter = routing::DomainFilter::parse(sender.advanced.domain_filtering);
    rules.filter = filter ? std::move(*filter) : routing::DomainFilter();  // check refuses a wrong one
    auto overrides = routing::DnsOverrides::parse(sender.direct.dns_overrides);
    rules.overrides.reset();
    if (sender.kind == conf::SenderKind::direct && overrides && !overrides->is_empty())
      rules.overrides = std::make_shared<const routing::DnsOverrides>(std::move(*overrides));
    rules.messages.change(sender.limits.max_messages, sender.limits.max_messages_minutes);
    rules.recipients.change(sender.limits.max_recipients, sender.limits.max_recipients_minutes);
    rules.per_destination = sender.kind == conf::SenderKind::direct ? sender.direct.messages_per_minute : 0;
  }
  for (auto& [destination, window] : windows_) {
    const auto rules = rules_.find(connection_of(destination));
    window.change(rules == rules_.end() ? 0 : rules->second.per_destination, std::chrono::minutes(1));
  }
  std::erase_if(windows_, [](const auto& one) { return one.second.is_off(); });
}

bool SenderRules::attempts(const std::string& connection, const routing::SendingFacts& facts,
                           const std::string& recipient) const {
  const auto found = rules_.find(connection);
  return found == rules_.end() || found->second.filter.is_empty() ||
         found->second.filter.decide(facts, recipient).attempt;
}

std::string SenderRules::destination(const conf::SenderSettings& sender, const routing::SendingFacts& facts,
                                     const std::string& recipient, QueueId id) {
  if (sender.kind == conf::SenderKind::relay) return sender.connection + "|relay";
  const std::string domain = to_lower(split_address(recipient).domain);
  std::string destination = sender.connection + "|" + domain;
  const auto found = rules_.find(sender.connection);
  if (found == rules_.end() || !found->second.overrides) return destination;
  routing::OverrideAnswer answer = found->second.overrides->answer(domain, facts, nullptr);
  if (!answer.found && !answer.needs_real) return destination;
  // Messages with the same servers share a destination; what depends on MX records is a message's own.
  destination += answer.needs_real ? "|?" + std::to_string(id.value) : "|";
  for (const routing::OverrideHost& host : answer.hosts)
    destination += (destination.back() == '|' ? "" : ",") + std::to_string(host.line);
  if (answer.add_real) destination += "+";
  auto& known = overridden_[destination];
  if (!known)
    known = std::make_shared<const MxOverride>(
        MxOverride{found->second.overrides, std::move(answer), facts.retries, facts.size_bytes, facts.age,
                   std::string(facts.auth_sender), std::string(facts.from)});
  return destination;
}

std::shared_ptr<const MxOverride> SenderRules::override_of(const std::string& destination) const {
  const auto found = overridden_.find(destination);
  return found == overridden_.end() ? nullptr : found->second;
}

SenderRules::Allowance SenderRules::allowance(const std::string& destination, Time now) {
  const auto found = rules_.find(connection_of(destination));
  if (found == rules_.end()) return {};
  Rules& rules = found->second;
  std::optional<Time> until = rules.messages.blocked_until(now);
  const auto consider = [&until](const std::optional<Time>& other) {
    if (other) until = std::max(until.value_or(*other), *other);
  };
  consider(rules.recipients.blocked_until(now));
  if (const auto window = windows_.find(destination); window != windows_.end())
    consider(window->second.blocked_until(now));
  if (until) return {0, *until};
  return {rules.recipients.room(now), {}};
}

void SenderRules::note(const std::string& destination, Time now, std::int64_t recipients) {
  const auto found = rules_.find(connection_of(destination));
  if (found == rules_.end()) return;
  Rules& rules = found->second;
  rules.messages.note(now, 1);
  rules.recipients.note(now, recipients);
  if (rules.per_destination == 0) return;
  if (windows_.size() >= k_windows_max)
    for (auto one = windows_.begin(); one != windows_.end();)
      one = one->second.blocked_until(now) ? std::next(one) : windows_.erase(one);
  const auto [window, is_new] = windows_.try_emplace(destination);
  if (is_new) window->second.change(rules.per_destination, std::chrono::minutes(1));
  window->second.note(now, 1);
}

}  // namespace stagecoach
