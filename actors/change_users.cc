// The users' part of ChangePlanner.
#include <algorithm>

#include "actors/change_planner.h"
#include "actors/password.h"
#include "conf/checks.h"
#include "conf/entry_faults.h"
#include "conf/entry_text.h"
#include "routing/civil_time.h"
#include "routing/groups.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_password_max = 128;
constexpr std::size_t k_app_passwords_max = 20;
constexpr std::size_t k_app_name_max = 64;
constexpr std::string_view k_plain = "{plain}";

bool is_group_key(std::string_view key) { return equals_ignoring_case(key, "primary_group"); }

}  // namespace

std::string password_fault(std::string_view password, int length_min) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; };
  if (password.find(' ') != std::string_view::npos) return "a password has no spaces";
  if (std::any_of(password.begin(), password.end(), is_control))
    return "a password has no control characters";
  if (password.size() > k_password_max)
    return "the password is too long: at most " + std::to_string(k_password_max) + " characters";
  if (static_cast<int>(password.size()) < length_min)
    return "the password is too short: at least " + std::to_string(length_min) + " characters";
  return {};
}

Profile ChangePlanner::in_force(const Profile& profile, const std::string& name) const {
  const Group* group = group_of(profile);
  return group && group->force ? routing::with_group(profile, *group, name) : profile;
}

void ChangePlanner::plan_user(storage::StoredChange::Verb verb, const User& user, bool credentials,
                              PlannedChange planned) {
  storage::StoredChange& stored = plan(verb, storage::StoredKind::user, std::move(planned));
  stored.user = {user.id, user.name, user.credentials, conf::entry_text(*user.profile)};
  stored.credentials = credentials;
}

Result<void> ChangePlanner::user(const EntryChange& change) {
  const User* found = book_.user(change.name);
  if (found && !found->where.file.empty())
    return declared_elsewhere("the user \"" + found->name + "\"", found->where);
  if (change.verb == Verb::add) {
    auto user = new_user(change);
    if (!user) return std::move(user.error());
    return set_user(change, User{}, std::move(*user));
  }
  if (!found) return not_found("there is no user \"" + change.name + "\"");
  const User before = *found;
  return change.verb == Verb::set ? set_user(change, before, before) : remove_user(before);
}

/// Name, group and the settings of the user to copy; what the change itself sets comes later.
Result<User> ChangePlanner::new_user(const EntryChange& change) const {
  if (auto free = check_new_name(change.name); !free) return std::move(free.error());
  if (rules_.users_max > 0 && static_cast<std::int64_t>(book_.users().size()) >= rules_.users_max)
    return limit_reached("there are " + std::to_string(rules_.users_max) +
                         " users already, as limits.users_max allows");
  if (change.password.empty() && change.password_hash.empty())
    return invalid_input("a new user needs a password");
  User user;
  user.name = to_lower(change.name);
  if (change.copy_from.empty()) return user;
  const User* template_user = book_.user(change.copy_from);
  if (!template_user) return not_found("there is no user \"" + change.copy_from + "\" to copy settings from");
  Profile profile = conf::copied_settings(*template_user->profile, Profile{});
  profile.custom.erase("imported_from");  // only an import sets it (docs/reference/accounts.md)
  user.profile = std::make_shared<const Profile>(std::move(profile));
  return user;
}

Result<void> ChangePlanner::set_user(const EntryChange& change, const User& before, User user) {
  auto profile = changed_profile(change, before, *user.profile);
  if (!profile) return std::move(profile.error());
  if (auto right = check_profile(user.name, *profile); !right) return right;
  if (change.verb == Verb::set)
    if (auto may = check_rights(before, &*profile); !may) return may;
  user.profile = std::make_shared<const Profile>(std::move(*profile));
  PlannedChange planned;
  if (auto right = add_passwords(change, user, planned); !right) return right;
  const bool credentials = change.verb == Verb::add || !change.password.empty() ||
                           !change.web_password.empty() || !change.password_hash.empty() ||
                           !change.web_password_hash.empty() || !change.app_passwords.empty();
  // The hashes are made later: a second change would build on passwords that nobody has yet.
  if (credentials && !new_passwords_.insert(user.name).second)
    return conflict("passwords of one user change only once in a request");
  plan_user(change.verb == Verb::add ? storage::StoredChange::Verb::add : storage::StoredChange::Verb::set,
            user, credentials, std::move(planned));
  if (change.verb == Verb::add) user.id = UserId{next_id()};
  book_.put(std::move(user));
  return {};
}

/// The group comes first: who joins one that does not force its settings starts with them, and what the
/// change sets besides wins. What a group forces cannot be set at all.
Result<Profile> ChangePlanner::changed_profile(const EntryChange& change, const User& before,
                                               const Profile& start) const {
  const std::string name = to_lower(change.name);
  Profile profile = start;
  for (const EntrySetting& setting : change.settings)
    if (is_group_key(setting.key))
      if (auto done = conf::set_key(profile, setting.key, setting.value); !done)
        return std::move(done.error());
  const Group* group = group_of(profile);
  if (!profile.primary_group.empty() && !group)
    return not_found("there is no group \"" + profile.primary_group + "\"");
  const bool joins = group && !equals_ignoring_case(profile.primary_group, before.profile->primary_group);
  if (joins && !group->force) profile = routing::with_group(std::move(profile), *group, name);
  for (const EntrySetting& setting : change.settings) {
    if (is_group_key(setting.key)) continue;
    if (equals_ignoring_case(setting.key, "name"))
      return invalid_input("a user cannot be renamed; an alias gives him another address");
    Profile changed = profile;
    if (auto done = conf::set_key(changed, setting.key, setting.value); !done) return std::move(done.error());
    if (group && group->force && !(changed == profile) && in_force(changed, name) == in_force(profile, name))
      return conflict(setting.key + " is set by the group \"" + group->name + "\" for all its users");
    profile = std::move(changed);
  }
  return profile;
}

Result<void> ChangePlanner::check_profile(const std::string& name, const Profile& profile) const {
  for (const conf::EntryFault& fault : conf::faults_of(profile))
    return invalid_input(fault.key + " " + fault.reason);
  for (const std::string& alias : profile.aliases)
    if (const std::string fault = conf::mapping_address_fault(alias); !fault.empty())
      return invalid_input(fault);
  for (const std::string& group : profile.secondary_groups)
    if (!book_.group(group)) return not_found("there is no group \"" + group + "\"");
  for (const std::vector<std::string>* targets : {&profile.routing.forward_to, &profile.routing.assistants})
    for (const std::string& target : *targets)
      if (equals_ignoring_case(target, name))
        return invalid_input("mail for " + name + " cannot be sent on to " + name);
  return {};
}

/// Administrators do not lose their own rights by mistake, and one is always left. `after` is null when the
/// user goes.
Result<void> ChangePlanner::check_rights(const User& before, const Profile* after) const {
  if (!in_force(*before.profile, before.name).administrator) return {};
  if (after && in_force(*after, before.name).administrator) return {};
  if (equals_ignoring_case(by_, before.name))
    return conflict(after ? "you cannot take the administrator's rights from yourself"
                          : "you cannot delete yourself");
  const auto is_other = [&](const User& user) {
    return user.name != before.name && in_force(*user.profile, user.name).administrator;
  };
  for (const User& user : book_.users().declared())
    if (is_other(user)) return {};
  for (const auto& [name, user] : book_.users().stored())
    if (is_other(user)) return {};
  return conflict("\"" + before.name + "\" is the only administrator");
}

Result<void> ChangePlanner::remove_user(const User& user) {
  if (equals_ignoring_case(by_, user.name)) return conflict("you cannot delete yourself");
  if (auto may = check_rights(user, nullptr); !may) return may;
  storage::StoredChange& stored = plan(storage::StoredChange::Verb::remove, storage::StoredKind::user);
  stored.user.name = user.name;
  new_passwords_.erase(user.name);
  for (const std::string& domain : rules_.local_domains)
    if (domain.find_first_of("*?@") == std::string::npos)
      stored.members_removed.push_back(to_lower(user.name + "@" + domain));
  std::vector<std::int64_t> his_mappings;
  for (const auto& [id, mapping] : book_.stored_mappings())
    if (equals_ignoring_case(mapping.target, user.name)) his_mappings.push_back(id);
  for (const std::int64_t id : his_mappings) book_.remove(storage::StoredKind::mapping, id);
  book_.remove(storage::StoredKind::user, user.id.value);
  return {};
}

Result<void> ChangePlanner::add_passwords(const EntryChange& change, User& user,
                                          PlannedChange& planned) const {
  const auto check = [&](const std::string& password, const char* which) -> Result<void> {
    if (password.empty()) return {};
    std::string fault = password_fault(password, rules_.password_length_min);
    if (fault.empty() && rules_.password_script) fault = rules_.password_script(user.name, password, which);
    if (fault.empty()) return {};
    return limit_reached(fault);
  };
  if (auto right = check(change.password, "main"); !right) return right;
  if (auto right = check(change.web_password, "web"); !right) return right;
  planned.password = change.password;
  planned.web_password = change.web_password;
  if (!change.password_hash.empty()) {
    auto stored = parse_stored_password(change.password_hash);
    if (!stored) return std::move(stored.error());
    const bool readable = stored->starts_with(k_plain);
    if (readable) planned.password = stored->substr(k_plain.size());  // hashed at once
    user.credentials.password = readable ? std::string() : *stored;
    user.credentials.scram = stored->starts_with("SCRAM-") ? *stored : std::string();
  }
  if (!change.web_password_hash.empty()) {
    auto stored = parse_stored_password(change.web_password_hash);
    if (!stored) return std::move(stored.error());
    user.credentials.web_password = std::move(*stored);
  }
  return add_app_passwords(change, user, planned);
}

Result<void> ChangePlanner::add_app_passwords(const EntryChange& change, User& user,
                                              PlannedChange& planned) const {
  std::vector<AppPassword>& apps = user.credentials.app_passwords;
  planned.app_passwords.resize(apps.size());
  for (const AppPasswordChange& app : change.app_passwords) {
    const auto same = std::find_if(apps.begin(), apps.end(), [&](const AppPassword& one) {
      return equals_ignoring_case(one.name, app.name);
    });
    if (same != apps.end()) {
      planned.app_passwords.erase(planned.app_passwords.begin() + (same - apps.begin()));
      apps.erase(same);
    } else if (app.password.empty()) {
      return not_found("\"" + user.name + "\" has no application password \"" + app.name + "\"");
    }
    if (app.password.empty()) continue;
    if (app.name.empty() || app.name.size() > k_app_name_max || !password_fault(app.name, 1).empty())
      return invalid_input("an application password needs a name without spaces");
    if (apps.size() >= k_app_passwords_max)
      return limit_reached("a user has at most " + std::to_string(k_app_passwords_max) +
                           " application passwords");
    if (const std::string fault = password_fault(app.password, rules_.password_length_min); !fault.empty())
      return limit_reached(fault);
    if (app.protocols <= 0 || app.protocols > protocol_all)
      return invalid_input("an application password opens at least one protocol");
    if (!app.expires_on.empty() && !routing::parse_day(app.expires_on))
      return invalid_input("\"" + app.expires_on + "\" is no date");
    apps.push_back({app.name, "", "", static_cast<std::uint8_t>(app.protocols), app.expires_on});
    planned.app_passwords.push_back(app.password);
  }
  return {};
}

}  // namespace stagecoach
