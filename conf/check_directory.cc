// [local], [[user]], [[mapping]].
#include <map>
#include <set>

#include "conf/check_report.h"
#include "conf/reader.h"
#include "conf/value_text.h"

namespace stagecoach::conf {
namespace {

bool is_built_in(std::string_view name) {
  return equals_ignoring_case(name, stagecoach::routing::k_no_one) || equals_ignoring_case(name, "Everyone");
}

void check_password(const UserSettings& user, const CheckReport::At& at, CheckReport& report) {
  const std::string& password = user.password.value;
  if (password.empty() || password.starts_with("$argon2id$")) return;
  if (!password.starts_with("{plain}"))
    report.error(at, "password", "is neither a hash \"$argon2id$...\" nor \"{plain}...\"");
  else if (password.size() == 7)
    report.error(at, "password", "the password is empty");
  else
    report.warning(at, "password", "stands here in plain text; a hash is safer");
}

void check_users(const Config& config, CheckReport& report) {
  std::map<std::string, Provenance> names;
  for (const UserSettings& user : config.users) {
    const CheckReport::At at{"user." + user.name, user.where};
    if (user.name.empty()) continue;  // reported as missing
    if (const std::string fault = user_name_fault(user.name); !fault.empty()) report.error(at, "name", fault);
    const auto [other, is_new] = names.emplace(to_lower(user.name), user.where);
    if (!is_new)
      report.error(at, "name", "the user " + user.name + " is declared twice (" + other->second.text() + ")");
    for (const std::string& alias : user.aliases)
      if (const std::string fault = mapping_address_fault(alias); !fault.empty())
        report.error(at, "aliases", fault);
    check_password(user, at, report);
  }
}

void check_target(const MappingSettings& mapping, const std::set<std::string>& users,
                  const CheckReport::At& at, CheckReport& report) {
  const std::string& target = mapping.target;
  if (equals_ignoring_case(target, stagecoach::routing::k_remote) ||
      equals_ignoring_case(target, stagecoach::routing::k_no_one))
    return;
  if (target.find('@') != std::string::npos)
    report.error(at, "target",
                 "\"" + target + "\" is an address; a target is the name of a user, No-one or *REMOTE");
  else if (const std::string fault = user_name_fault(target); !fault.empty())
    report.error(at, "target", fault);
  else if (!users.empty() && !users.contains(to_lower(target)))
    report.warning(at, "target", "no user " + target + " is declared here; the database must have one");
}

/// Whether a mapping may limit itself to this collector.
bool names_collector(const Config& config, const std::string& name) {
  if (name.empty() || equals_ignoring_case(name, "ALL")) return true;
  for (const CollectorSettings& collector : config.collectors)
    if (equals_ignoring_case(collector.name, name) || std::to_string(collector.id) == name) return true;
  return false;
}

void check_mappings(const Config& config, CheckReport& report) {
  std::set<std::string> users;
  for (const UserSettings& user : config.users) users.insert(to_lower(user.name));
  for (const MappingSettings& mapping : config.mappings) {
    const CheckReport::At at{"mapping." + mapping.address, mapping.where};
    if (mapping.address.empty() || mapping.target.empty()) continue;  // reported as missing
    if (const std::string fault = mapping_address_fault(mapping.address); !fault.empty())
      report.error(at, "address", fault);
    check_target(mapping, users, at, report);
    if (!names_collector(config, mapping.collector))
      report.error(at, "collector", "there is no collector " + in_quotes(mapping.collector));
    const bool collected = mapping.type == MappingType::pop3 || mapping.type == MappingType::from;
    if (!collected && !mapping.collector.empty() && !equals_ignoring_case(mapping.collector, "ALL"))
      report.warning(at, "collector", "has no effect with this type");
    if (mapping.type == MappingType::from && mapping.address.starts_with("~@"))
      report.warning(at, "address", "~ has no effect with type from");
    if (mapping.address.ends_with("@*") && mapping.address != "*@*")
      report.warning(at, "address", "matches also the addresses of other companies");
  }
}

void check_local(const Config& config, CheckReport& report) {
  const CheckReport::At at{"local", {}};
  const auto& defaults = config.local.default_domain;
  const bool several = defaults.size() > 1 ||
                       (defaults.size() == 1 && defaults.front().find_first_of(";, ") != std::string::npos);
  if (several)
    report.error(at, "default_domain", "exactly one domain can be the default");
  else if (defaults.size() == 1 && defaults.front().find_first_of("@*?") != std::string::npos)
    report.error(at, "default_domain", "\"" + defaults.front() + "\" is no domain");
  const stagecoach::routing::AddressSet set(config.local.domains);
  for (const std::string& entry : set.entries())
    if (entry.find_first_of(" \t,<>\"") != std::string::npos)
      report.error(at, "domains", "\"" + entry + "\" is no domain, address or wildcard");
    else if (entry == "*" || entry == "*@*")
      report.warning(at, "domains", "makes every address local: nothing can be sent to the Internet");
  if (set.empty())
    report.warning(at, "domains", "no local domain is given: no mail from outside is accepted");
  if (several || defaults.empty()) return;
  if (!set.empty() && !set.contains("postmaster", to_lower(defaults.front())))
    report.warning(at, "default_domain", "is not one of the local domains");
}

}  // namespace

std::string user_name_fault(std::string_view name) {
  constexpr std::size_t k_name_max = 32;
  const std::string shown = "\"" + std::string(name.substr(0, 60)) + "\"";
  if (name.empty() || name.size() > k_name_max) return shown + " is no user name: 1 to 32 characters";
  for (const char c : name) {
    const char lower = to_lower(c);
    if ((lower < 'a' || lower > 'z') && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-')
      return shown + " is no user name: letters, digits, '.', '_' and '-' only";
  }
  if (is_built_in(name)) return shown + " is a built-in name";
  return {};
}

std::string mapping_address_fault(std::string_view address) {
  const std::string shown = "\"" + std::string(address.substr(0, 100)) + "\"";
  if (address.empty() || address.size() > 320) return shown + " is no address";
  if (address.find_first_of(" \t,;<>/") != std::string_view::npos &&
      address.find('"') == std::string_view::npos)
    return shown + " is no address: a local part, an address, or either with * and ?";
  const Address split = split_address(address);
  if (split.local.empty()) return shown + " has nothing before the @";
  if (address.ends_with('@')) return shown + " has nothing behind the @";
  if (split.local.starts_with('~') && (split.local != "~" || split.domain.empty()))
    return shown + ": ~ must be the only character before the @";
  return {};
}

void check_directory(const Config& config, CheckReport& report) {
  check_local(config, report);
  check_users(config, report);
  check_mappings(config, report);
}

Problems check_against(const Config& config, const std::vector<std::string>& users) {
  std::set<std::string> names;
  for (const std::string& user : users) names.insert(to_lower(user));
  Sources sources;
  CheckReport report(sources);
  const auto check = [&](const CheckReport::At& at, const char* key, const std::string& name) {
    if (!name.empty() && !names.contains(to_lower(split_address(name).local)))
      report.error(at, key, "there is no user " + in_quotes(name));
  };
  for (const MappingSettings& mapping : config.mappings) {
    const bool built_in = equals_ignoring_case(mapping.target, stagecoach::routing::k_remote) ||
                          equals_ignoring_case(mapping.target, stagecoach::routing::k_no_one);
    if (!built_in) check({"mapping." + mapping.address, mapping.where}, "target", mapping.target);
  }
  for (const CollectorSettings& collector : config.collectors) {
    const CheckReport::At at{"collector." + collector.name, collector.where};
    if (collector.routing.method == RoutingMethod::single_user)
      check(at, "target_user", collector.routing.target_user);
    check(at, "on_no_recipient_target", collector.routing.on_no_recipient_target);
  }
  check({"server", {}}, "main_administrator", config.server.main_administrator);
  return report.take();
}

}  // namespace stagecoach::conf
