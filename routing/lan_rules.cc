#include "routing/lan_rules.h"

#include <algorithm>

#include "routing/lan_target.h"
#include "routing/resolver.h"
#include "routing/wildcard.h"

namespace stagecoach::routing {
namespace {

constexpr const char* k_stage = "recipients";
constexpr std::string_view k_bad_characters = " \t\r\n<>\"(),;:\\";

void append(std::vector<std::uint32_t>& places,
            const std::unordered_map<std::string, std::vector<std::uint32_t>>& index,
            const std::string& key) {
  if (const auto found = index.find(key); found != index.end())
    places.insert(places.end(), found->second.begin(), found->second.end());
}

}  // namespace

bool LanRule::applies(const MappingScope& scope) const {
  if (equals_ignoring_case(condition, "all")) return true;
  if (equals_ignoring_case(condition, "smtp")) return scope.collector == nullptr;
  if (!scope.collector) return false;
  return equals_ignoring_case(condition, "pop3") || equals_ignoring_case(condition, scope.collector->name) ||
         (scope.collector->id != 0 && condition == std::to_string(scope.collector->id));
}

std::string LanRule::rewritten(const Address& recipient) const {
  if (rewrite.empty()) return recipient.text();
  return rewrite.starts_with("*@") ? recipient.local + rewrite.substr(1) : rewrite;
}

std::string_view LanRule::server() const { return route_without_login(route); }

std::string LanRule::key() const {
  return to_lower(address) + " " + to_lower(condition) + " " + std::string(server()) + " " + rewrite;
}

bool is_open_ended(std::string_view rule_address) {
  return has_wildcard(rule_address) || rule_address.starts_with("~@");
}

std::string lan_address_fault(std::string_view address, bool allow_bare_user) {
  const std::string quoted = "\"" + std::string(address.substr(0, 100)) + "\" ";
  const Address parts = split_address(address);
  const bool bare = address.find('@') == std::string_view::npos;
  if (address.empty() || parts.local.empty() || (!bare && parts.domain.empty()) ||
      parts.local.find('@') != std::string::npos ||
      address.find_first_of(k_bad_characters) != std::string_view::npos)
    return quoted + "is no address, address with * and ?, ~@domain or user part";
  if (bare && address.find('~') == 0) return quoted + "needs a domain: ~@domain";
  if (bare && !allow_bare_user) return quoted + "has no domain: that needs lan_forwarding.allow_bare_user";
  return {};
}

std::string lan_rewrite_fault(std::string_view rewrite) {
  if (rewrite.empty()) return {};
  const std::string_view fixed = rewrite.starts_with("*@") ? rewrite.substr(1) : rewrite;
  const auto at = fixed.find('@');
  const bool keeps_user = rewrite.starts_with("*@");
  if (has_wildcard(fixed) || at == std::string_view::npos || at + 1 == fixed.size() ||
      (at == 0 && !keeps_user) || fixed.find('@', at + 1) != std::string_view::npos ||
      fixed.find_first_of(k_bad_characters) != std::string_view::npos)
    return "\"" + std::string(rewrite.substr(0, 100)) + "\" is no address and not like *@new.example";
  return {};
}

LanRules::LanRules(std::vector<LanRule> rules) : rules_(std::move(rules)) {
  for (std::uint32_t place = 0; place < rules_.size(); ++place) add(place);
}

void LanRules::add(std::uint32_t place) {
  const Address address = split_address(to_lower(rules_[place].address));
  const bool bare = address.domain.empty();
  if (address.local == "~" && !bare) {
    if (has_wildcard(address.domain))
      unrecognised_patterns_.add(address.domain, place);
    else
      unrecognised_[address.domain].push_back(place);
  } else if (!has_wildcard(address.text())) {
    (bare ? locals_ : addresses_)[address.text()].push_back(place);
  } else if (bare) {
    local_patterns_.add(address.local, place);
  } else if (address.local == "*" && !has_wildcard(address.domain)) {
    domains_[address.domain].push_back(place);
  } else {
    patterns_.add(address.text(), place);
  }
}

const LanRule* LanRules::first_of(std::vector<std::uint32_t>& places, const MappingScope& scope) const {
  std::sort(places.begin(), places.end());
  const auto first = std::find_if(places.begin(), places.end(),
                                  [&](std::uint32_t place) { return rules_[place].applies(scope); });
  return first == places.end() ? nullptr : &rules_[*first];
}

const LanRule* LanRules::find(const Address& address, const MappingScope& scope, bool own) const {
  const std::string local = to_lower(address.local), domain = to_lower(address.domain);
  const std::string key = domain.empty() ? local : local + "@" + domain;
  std::vector<std::uint32_t> places;
  append(places, addresses_, key);
  append(places, domains_, domain);
  patterns_.find(key, places);
  if (own) {
    append(places, locals_, local);
    local_patterns_.find(local, places);
  }
  return first_of(places, scope);
}

const LanRule* LanRules::find_unrecognised(const Address& address, const MappingScope& scope) const {
  const std::string domain = to_lower(address.domain);
  std::vector<std::uint32_t> places;
  append(places, unrecognised_, domain);
  unrecognised_patterns_.find(domain, places);
  return first_of(places, scope);
}

const LanRule* lan_rule_for(const Directory& directory, const Address& address, const MappingScope& scope) {
  const auto& rules = directory.options().lan_rules;
  if (!rules || rules->rules().empty()) return nullptr;
  const bool own =
      address.domain.empty() || (scope.collector ? scope.collector->accepted_domains.contains(address)
                                                 : directory.is_local_domain(address));
  return rules->find(address, scope, own);
}

const LanRule* unrecognised_lan_rule_for(const Directory& directory, const Address& address,
                                         const MappingScope& scope) {
  const auto& rules = directory.options().lan_rules;
  return rules && !rules->rules().empty() ? rules->find_unrecognised(address, scope) : nullptr;
}

/// What an administrator has set up goes out for strangers too: the way says that the rule sends it, not
/// they.
bool Resolver::apply_lan_rule(const OpenRecipient& recipient, const LanRule& rule, const Way& way) {
  const EnvelopeRecipient& given = recipient.envelope;
  const std::string address = rule.rewritten(recipient.address);
  const bool direct = !way || !way->before;
  std::string text = given.address + " -> " + address + " at " + std::string(rule.server());
  if (rule.verify && direct) text += ", which is asked in an SMTP session whether it exists";
  say({k_stage, "LAN rule " + rule.address, rule.where.text()}, std::move(text));
  const Way onward = std::make_shared<const Step>(Step{"lan rule " + to_lower(rule.address), way});
  draft_.plan.lan_matches.push_back({rule.key(), address, rule.route, rule.verify && direct});
  draft_.remote.push_back({{address, given.notify, given.original_recipient}, rule.route, onward});
  return true;
}

}  // namespace stagecoach::routing
