// Names that settings refer to: do they stand for a user, a list or a group?
#include <map>
#include <set>

#include "conf/check_report.h"
#include "conf/reader.h"
#include "conf/value_text.h"
#include "routing/download/rules.h"
#include "routing/lan_target.h"

namespace stagecoach::conf {
namespace {

/// What a reference may name.
enum class Kind { user, group, list, user_or_list, any };

const char* text_of(Kind kind) {
  switch (kind) {
    case Kind::user: return "user";
    case Kind::group: return "group";
    case Kind::list: return "list";
    case Kind::user_or_list: return "user or list";
    default: return "user, list or group";
  }
}

class Names {
 public:
  explicit Names(const DirectoryNames& names)
      : users_(lower(names.users)), lists_(lower(names.lists)), groups_(lower(names.groups)) {
    for (const auto built_in : {routing::k_no_one, routing::k_everyone, routing::k_admins})
      groups_.insert(to_lower(built_in));
  }

  bool has(Kind kind, std::string_view name) const {
    const std::string key = to_lower(name);
    const bool user = users_.contains(key), list = lists_.contains(key), group = groups_.contains(key);
    switch (kind) {
      case Kind::user: return user;
      case Kind::group: return group;
      case Kind::list: return list;
      case Kind::user_or_list: return user || list;
      default: return user || list || group;
    }
  }

 private:
  static std::set<std::string> lower(const std::vector<std::string>& names) {
    std::set<std::string> result;
    for (const std::string& name : names) result.insert(to_lower(name));
    return result;
  }

  std::set<std::string> users_, lists_, groups_;
};

/// Calls visit(at, key, name, kind) for everything that names an entry. Addresses are none: mappings may be
/// behind them.
template <class Visit>
void for_each_reference(const Config& config, Visit&& visit) {
  using At = CheckReport::At;
  const auto visit_all = [&](const At& at, const char* key, const std::vector<std::string>& targets) {
    for (const std::string& target : targets)
      if (target.find('@') == std::string::npos) visit(at, key, target, Kind::any);
  };
  for (const UserSettings& user : config.users) {
    const At at{"user." + user.name, user.where};
    const Profile& profile = user.profile;
    visit_all(at, "routing.assistants", profile.routing.assistants);
    visit_all(at, "routing.forward_to", profile.routing.forward_to);
    visit_all(at, "routing.copy_sent_to", profile.routing.copy_sent_to);
    visit_all(at, "routing.size_ge.targets", profile.routing.size_ge.targets);
    visit_all(at, "routing.size_le.targets", profile.routing.size_le.targets);
    visit(at, "primary_group", profile.primary_group, Kind::group);
    for (const std::string& group : profile.secondary_groups)
      visit(at, "secondary_groups", group, Kind::group);
    visit(at, "webmail.move_to", profile.webmail.move_to, Kind::any);
  }
  for (const MailList& list : config.lists) {
    const At at{"list." + list.name, list.where};
    visit_all(at, "members", *list.members);
    visit_all(at, "spam_redirect", list.spam_redirect);
    visit(at, "moderator", list.moderator, Kind::user_or_list);
    visit(at, "digest_of", list.digest_of, Kind::list);
  }
  for (const Mapping& mapping : config.mappings)
    if (!equals_ignoring_case(mapping.target, routing::k_remote))
      visit(At{"mapping." + mapping.address, mapping.where}, "target", mapping.target, Kind::any);
  for (const CollectorSettings& collector : config.collectors) {
    const At at{"collector." + collector.name, collector.where};
    if (collector.routing.method == RoutingMethod::single_user)
      visit(at, "routing.target_user", split_address(collector.routing.target_user).local, Kind::any);
    visit(at, "routing.on_no_recipient_target", split_address(collector.routing.on_no_recipient_target).local,
          Kind::any);
  }
  for (const DownloadRule& rule : config.download_rules)
    for (const std::string& target : rule.targets)
      if (target.find('@') == std::string::npos)
        visit(At{"download_rule", rule.where}, "targets", routing::parse_target(target).target, Kind::any);
  visit(At{"server", {}}, "main_administrator", config.server.main_administrator, Kind::user);
  visit(At{"summary", {}}, "to", config.summary.to, Kind::user);
  const MonitorPolicy& monitor = config.policy.monitor;
  visit(At{"monitor", {}}, "target", monitor.target, Kind::user_or_list);
  visit(At{"monitor", {}}, "random_target", monitor.random_target, Kind::user_or_list);
  visit(At{"monitor", {}}, "bcc_target", monitor.bcc_target, Kind::user_or_list);
  for (const auto& [key, target] : config.policy.message_targets)
    if (target != "main_administrator" && target != "none")
      visit(At{"message_targets", {}}, key.c_str(), target, Kind::user);
}

DirectoryNames declared_names(const Config& config) {
  DirectoryNames names;
  for (const UserSettings& user : config.users) names.users.push_back(user.name);
  for (const MailList& list : config.lists) names.lists.push_back(list.name);
  for (const Group& group : config.groups) names.groups.push_back(group.name);
  return names;
}

}  // namespace

/// Whether something is in the database cannot be seen here; without declared users all may be there.
void check_names(const Config& config, CheckReport& report) {
  if (config.users.empty()) return;
  const Names names(declared_names(config));
  for_each_reference(config,
                     [&](const CheckReport::At& at, const char* key, const std::string& name, Kind kind) {
                       if (!name.empty() && !names.has(kind, name))
                         report.warning(at, key,
                                        std::string("no ") + text_of(kind) + " " + name.substr(0, 100) +
                                            " is declared here; the database must have one");
                     });
}

Problems check_against(const Config& config, const DirectoryNames& directory) {
  const Names names(directory);
  Sources sources;
  CheckReport report(sources);
  for_each_reference(
      config, [&](const CheckReport::At& at, const char* key, const std::string& name, Kind kind) {
        if (!name.empty() && !names.has(kind, name))
          report.error(at, key, std::string("there is no ") + text_of(kind) + " " + in_quotes(name));
      });
  return report.take();
}

}  // namespace stagecoach::conf
