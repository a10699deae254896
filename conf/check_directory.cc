// [local], [[user]], [[list]], [[group]], [[mapping]] and what holds for all users.
#include <algorithm>
#include <map>

#include "conf/check_report.h"
#include "conf/entry_faults.h"
#include "conf/forward_graph.h"
#include "conf/text_faults.h"
#include "conf/value_text.h"

namespace stagecoach::conf {
namespace {

bool is_built_in(std::string_view name) {
  for (const auto built_in : {routing::k_no_one, routing::k_everyone, routing::k_admins})
    if (equals_ignoring_case(name, built_in)) return true;
  return false;
}

/// Forms that old servers kept passwords in, in lower case; they are verified, but new ones are not made.
bool is_legacy_hash(std::string_view password) {
  const std::string start = to_lower(password.substr(0, 10));
  for (const std::string_view form : {"{ssha}", "{sha}", "{md5}", "{crypt}"})
    if (start.starts_with(form)) return true;
  return false;
}

void check_password(const Secret& secret, const char* key, const CheckReport::At& at, CheckReport& report) {
  const std::string& password = secret.value;
  if (password.empty() || password.starts_with("$argon2id$")) return;
  if (is_legacy_hash(password))
    report.warning(at, key, "is an old form of hash; \"$argon2id$...\" is safer");
  else if (to_lower(password.substr(0, 7)) != "{plain}")
    report.error(at, key, "is neither a hash \"$argon2id$...\" nor \"{plain}...\"");
  else if (password.size() == 7)
    report.error(at, key, "the password is empty");
  else
    report.warning(at, key, "stands here in plain text; a hash is safer");
}

/// Users, lists and groups share one name space.
class NameSpace {
 public:
  explicit NameSpace(CheckReport& report) : report_(report) {}

  void add(const char* kind, const std::string& name, const Provenance& where) {
    if (name.empty()) return;  // reported as missing
    const CheckReport::At at{std::string(kind) + "." + name, where};
    if (const std::string fault = user_name_fault(name); !fault.empty()) report_.error(at, "name", fault);
    const auto [other, is_new] = taken_.emplace(to_lower(name), Entry{kind, where});
    if (is_new) return;
    const auto& [other_kind, other_where] = other->second;
    report_.error(at, "name",
                  other_kind == kind
                      ? "the " + other_kind + " " + name + " is declared twice (" + other_where.text() + ")"
                      : "a " + other_kind + " has this name (" + other_where.text() + ")");
  }

 private:
  struct Entry {
    std::string kind;
    Provenance where;
  };
  CheckReport& report_;
  std::map<std::string, Entry> taken_;
};

template <class Entry>
void report_faults(const Entry& entry, const CheckReport::At& at, CheckReport& report) {
  for (const EntryFault& fault : faults_of(entry))
    report.error({at.prefix, fault.where.file.empty() ? at.where : fault.where}, fault.key.c_str(),
                 fault.reason);
}

/// A rule may name a definition of the user or a template of all users.
void check_responders(const UserSettings& user, const Config& config, const CheckReport::At& at,
                      CheckReport& report) {
  const auto has = [](const std::vector<AutoresponderDefinition>& definitions, const std::string& name) {
    return std::any_of(definitions.begin(), definitions.end(),
                       [&](const AutoresponderDefinition& definition) {
                         return equals_ignoring_case(definition.name, name);
                       });
  };
  const Autoresponder& autoresponder = user.profile.autoresponder;
  for (const AutoresponderRule& rule : autoresponder.rules)
    if (!equals_ignoring_case(rule.autoresponder, "<None>") &&
        !has(autoresponder.definitions, rule.autoresponder) &&
        !has(config.policy.autoresponder_templates, rule.autoresponder))
      report.error({at.prefix, rule.where}, ("autoresponder.rules." + rule.name).c_str(),
                   "there is no definition " + in_quotes(rule.autoresponder));
}

void check_users(const Config& config, CheckReport& report) {
  for (const UserSettings& user : config.users) {
    const CheckReport::At at{"user." + user.name, user.where};
    report_faults(user.profile, at, report);
    check_responders(user, config, at, report);
    check_password(user.password, "password", at, report);
    check_password(user.web_password, "web_password", at, report);
    for (const AppPasswordSettings& app : user.app_passwords)
      check_password(app.password, "password", {at.prefix + ".app_passwords." + app.name, app.where}, report);
  }
}

/// A main list keeps its messages at least as long as its slowest digest needs them.
void check_digest(const MailList& digest, const Config& config, const CheckReport::At& at,
                  CheckReport& report) {
  for (const MailList& main : config.lists) {
    if (!equals_ignoring_case(main.name, digest.digest_of)) continue;
    if (&main == &digest)
      report.error(at, "digest_of", "is the list itself");
    else if (main.type != ListType::mailing)
      report.error(at, "digest_of", main.name + " is no mailing list");
    else if (!main.archive)
      report.error(at, "digest_of", main.name + " needs archive = true (" + main.where.text() + ")");
    else if (main.archive_keep_days < digest.digest_every_days)
      report.error({"list." + main.name, main.where}, "archive_keep_days",
                   "is shorter than digest_every_days of " + digest.name + " (" + digest.where.text() + ")");
  }
}

void check_lists(const Config& config, CheckReport& report) {
  for (const MailList& list : config.lists) {
    const CheckReport::At at{"list." + list.name, list.where};
    report_faults(list, at, report);
    if (!list.digest_of.empty()) check_digest(list, config, at, report);
    if (!list.source_database.empty() && !database_conninfo(config, list.source_database))
      report.error(at, "source.database", "there is no [[database]] \"" + list.source_database + "\"");
  }
  for (const Group& group : config.groups) report_faults(group, {"group." + group.name, group.where}, report);
}

void check_name_space(const Config& config, CheckReport& report) {
  NameSpace names(report);
  for (const UserSettings& user : config.users) names.add("user", user.name, user.where);
  for (const MailList& list : config.lists) names.add("list", list.name, list.where);
  for (const Group& group : config.groups) names.add("group", group.name, group.where);
}

void check_cycles(const Config& config, CheckReport& report) {
  const routing::AddressSet local(config.local.domains);
  ForwardGraph graph(local);
  for (const UserSettings& user : config.users) graph.add(user.name, user.profile, user.where);
  for (const MailList& list : config.lists) graph.add(list);
  for (const Mapping& mapping : config.mappings) graph.add(mapping);
  for (const Cycle& cycle : graph.cycles()) {
    const bool user = cycle.key != "members";
    const CheckReport::At at{(user ? "user." : "list.") + cycle.name, cycle.where};
    if (cycle.lists)
      report.warning(at, cycle.key.c_str(), "lists contain each other: " + cycle.text);
    else
      report.error(at, cycle.key.c_str(), "mail goes round: " + cycle.text);
  }
}

void check_target(const Mapping& mapping, const CheckReport::At& at, CheckReport& report) {
  const std::string& target = mapping.target;
  if (equals_ignoring_case(target, routing::k_remote)) return;
  if (target.find('@') != std::string::npos)
    report.error(at, "target",
                 "\"" + target +
                     "\" is an address; a target is the name of a user, a list or a group, No-one "
                     "or *REMOTE");
  else if (const std::string fault = name_fault(target); !fault.empty())
    report.error(at, "target", in_quotes(target.substr(0, 60)) + " " + fault);
}

/// Whether a mapping may limit itself to this collector.
bool names_collector(const Config& config, const std::string& name) {
  if (name.empty() || equals_ignoring_case(name, "ALL")) return true;
  for (const CollectorSettings& collector : config.collectors)
    if (equals_ignoring_case(collector.name, name) || std::to_string(collector.id) == name) return true;
  return false;
}

void check_mappings(const Config& config, CheckReport& report) {
  for (const Mapping& mapping : config.mappings) {
    const CheckReport::At at{"mapping." + mapping.address, mapping.where};
    if (mapping.address.empty() || mapping.target.empty()) continue;  // reported as missing
    if (const std::string fault = mapping_address_fault(mapping.address); !fault.empty())
      report.error(at, "address", fault);
    check_target(mapping, at, report);
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
  const routing::AddressSet set(config.local.domains);
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
  const std::string shown = in_quotes(name.substr(0, 60));
  if (const std::string fault = name_fault(name); !fault.empty()) return shown + " " + fault;
  return is_built_in(name) ? shown + " is a built-in name" : std::string();
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
  check_name_space(config, report);
  check_users(config, report);
  check_lists(config, report);
  check_mappings(config, report);
  check_cycles(config, report);
}

/// [message_targets], [[autoresponder_template]], [monitor].
void check_policy(const Config& config, CheckReport& report) {
  for (const auto& [key, target] : config.policy.message_targets)
    if (target.empty() || target.find('@') != std::string::npos)
      report.error({"message_targets", {}}, key.c_str(),
                   "is neither \"main_administrator\" nor \"none\" nor a local user");
  const MonitorPolicy& monitor = config.policy.monitor;
  const bool watches = monitor.incoming != MonitorMode::none || monitor.outgoing != MonitorMode::none ||
                       monitor.internal != MonitorMode::none;
  if (watches && monitor.target.empty() && (monitor.random_percent == 0 || monitor.random_target.empty()))
    report.warning({"monitor", {}}, "target", "is missing: nobody gets the copies");
  for (const DomainMapping& mapping : config.policy.domain_mappings)
    for (const std::string& domain : {mapping.from, mapping.to})
      if (domain.find_first_of("@*? ") != std::string::npos)
        report.error({"domain_mapping", {}}, "", in_quotes(domain) + " is no domain");
}

}  // namespace stagecoach::conf
