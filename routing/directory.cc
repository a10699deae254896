#include "routing/directory.h"

#include <algorithm>

#include "routing/download/question.h"
#include "routing/groups.h"
#include "routing/wildcard.h"

namespace stagecoach::routing {
namespace {

bool names_collector(const Mapping& mapping, const CollectorRouting& collector) {
  return mapping.collector.empty() || equals_ignoring_case(mapping.collector, "ALL") ||
         equals_ignoring_case(mapping.collector, collector.name) ||
         (collector.id != 0 && mapping.collector == std::to_string(collector.id));
}

bool applies(const Mapping& mapping, const MappingScope& scope) {
  switch (mapping.type) {
    case MappingType::always: return true;
    case MappingType::smtp: return scope.collector == nullptr;
    case MappingType::pop3:
    case MappingType::from: return scope.collector != nullptr && names_collector(mapping, *scope.collector);
  }
  return false;
}

void append(std::vector<std::uint32_t>& places, const FilteredMap<std::vector<std::uint32_t>>& index,
            std::string_view key) {
  if (const auto* found = index.find(key)) places.insert(places.end(), found->begin(), found->end());
}

}  // namespace

Directory::Directory(DirectoryEntries entries, RoutingOptions options, const Directory* previous)
    : users_(std::move(entries.users)),
      mappings_(std::move(entries.mappings)),
      lists_(std::move(entries.lists)),
      groups_(std::move(entries.groups)),
      declared_(mappings_.size()),
      options_(std::move(options)),
      local_(options_.local_domains),
      target_white_(options_.policy.permissions.target_whitelist),
      target_black_(options_.policy.permissions.target_blacklist),
      sender_white_(options_.policy.permissions.sender_whitelist),
      sender_black_(options_.policy.permissions.sender_blacklist) {
  for (std::uint32_t place = 0; place < groups_.size(); ++place)
    groups_by_name_.emplace(to_lower(groups_[place].name), place);
  add_users(previous);
  add_lists();
  recipients_.locals.reserve(mappings_.size());
  for (std::uint32_t place = 0; place < mappings_.size(); ++place) add(place);
}

void Directory::add_users(const Directory* previous) {
  users_by_name_.reserve(users_.size());
  compiled_by_user_.resize(users_.size(), nullptr);
  for (std::uint32_t place = 0; place < users_.size(); ++place) {
    User& user = users_[place];
    users_by_name_.emplace(to_lower(user.name), place);
    for (const std::string& alias : user.profile->aliases) {
      Mapping mapping;
      mapping.address = alias;
      mapping.target = user.name;
      mapping.where = user.where;
      mappings_.push_back(std::move(mapping));
    }
    compile(place, previous);
    const Group* group =
        user.profile->primary_group.empty() ? nullptr : find_group(user.profile->primary_group);
    if (group && group->force)
      user.profile = std::make_shared<const Profile>(with_group(*user.profile, *group, user.name));
  }
}

void Directory::compile(std::uint32_t place, const Directory* previous) {
  const std::shared_ptr<const Profile>& profile = users_[place].profile;
  if (profile->message_rules.empty() && profile->autoresponder.rules.empty()) return;
  looks_at_text_ = looks_at_text_ || look_at_text(profile->message_rules);
  auto& compiled = compiled_[profile.get()];
  if (!compiled && previous && previous->policy().autoresponder == policy().autoresponder)
    if (const auto found = previous->compiled_.find(profile.get()); found != previous->compiled_.end())
      compiled = found->second;
  if (!compiled)
    compiled = std::make_shared<const CompiledUser>(
        CompiledUser{compile_rules(profile->message_rules),
                     compile_autoresponder(profile->autoresponder, policy().autoresponder), profile});
  compiled_by_user_[place] = compiled.get();
}

void Directory::add_lists() {
  for (std::uint32_t place = 0; place < lists_.size(); ++place) {
    const MailList& list = lists_[place];
    lists_by_name_.emplace(to_lower(list.name), place);
    if (list.type != ListType::mailing && list.type != ListType::external_db) continue;
    if (list.return_address.empty()) list_returns_.emplace(to_lower(list.name) + "_owner", place);
    if (list.list_server != "*" && !list.list_server.empty())
      list_servers_[complete(split_address(list.list_server)).key()].push_back(place);
  }
}

void Directory::add(std::uint32_t place) {
  const Mapping& mapping = mappings_[place];
  MappingIndex& index = mapping.type == MappingType::from ? senders_ : recipients_;
  const Address address = split_address(to_lower(mapping.address));
  if (address.local == "~" && !address.domain.empty()) {
    if (has_wildcard(address.domain))
      unrecognised_patterns_.push_back(place);
    else
      unrecognised_[address.domain].push_back(place);
  } else if (!has_wildcard(address.text())) {
    (address.domain.empty() ? index.locals : index.addresses)[address.text()].push_back(place);
  } else if (address.domain == "*" && !has_wildcard(address.local)) {
    index.locals_anywhere[address.local].push_back(place);
  } else if (!address.domain.empty()) {
    index.patterns.add(address.text(), place);
  } else {
    index.local_patterns.add(address.local, place);
  }
}

const User* Directory::find_user(std::string_view name) const {
  const auto found = users_by_name_.find(to_lower(name));
  return found == users_by_name_.end() ? nullptr : &users_[found->second];
}

const MailList* Directory::find_list(std::string_view name) const {
  const auto found = lists_by_name_.find(to_lower(name));
  return found == lists_by_name_.end() ? nullptr : &lists_[found->second];
}

const Group* Directory::find_group(std::string_view name) const {
  const auto found = groups_by_name_.find(to_lower(name));
  return found == groups_by_name_.end() ? nullptr : &groups_[found->second];
}

bool Directory::is_group(std::string_view name) const {
  for (const std::string_view built_in : {k_everyone, k_admins, k_no_one})
    if (equals_ignoring_case(name, built_in)) return true;
  return find_group(name) != nullptr;
}

std::vector<const User*> Directory::members_of_group(std::string_view name) const {
  const bool everyone = equals_ignoring_case(name, k_everyone);
  const bool admins = equals_ignoring_case(name, k_admins);
  const auto is_member = [&](const Profile& profile) {
    if (everyone) return profile.permissions.in_everyone;
    if (admins) return profile.administrator;
    if (equals_ignoring_case(profile.primary_group, name)) return true;
    return std::any_of(profile.secondary_groups.begin(), profile.secondary_groups.end(),
                       [&](const std::string& group) { return equals_ignoring_case(group, name); });
  };
  std::vector<const User*> members;
  if (equals_ignoring_case(name, k_no_one)) return members;
  for (const User& user : users_)
    if (is_member(*user.profile)) members.push_back(&user);
  return members;
}

bool Directory::is_active(const User& user, std::string_view today) const {
  const Profile& profile = *user.profile;
  if (!profile.enabled || (!profile.expires_on.empty() && profile.expires_on < today)) return false;
  const Group* group = profile.primary_group.empty() ? nullptr : find_group(profile.primary_group);
  return !group || group->enabled;
}

const Directory::CompiledUser* Directory::compiled(const User& user) const {
  const auto place = static_cast<std::size_t>(&user - users_.data());
  return place < compiled_by_user_.size() ? compiled_by_user_[place] : nullptr;
}

std::string Directory::address_of(std::string_view name) const {
  return std::string(name) + "@" +
         (options_.default_domain.empty() ? options_.hostname : options_.default_domain);
}

Directory::SpecialAddress Directory::special_address(const Address& address) const {
  const std::string local = to_lower(address.local);
  if (list_servers_.contains(address.key())) return {Special::list_server, nullptr};
  if (!is_local_domain(address)) return {};
  if (local == "listserver") return {Special::list_server, nullptr};
  if (local == "no-one") return {Special::vanishes, nullptr};
  if (std::string token = download_token_of(local); !token.empty())
    return {Special::download_answer, nullptr, std::move(token)};
  if (const auto found = list_returns_.find(local); found != list_returns_.end())
    return {Special::list_return, &lists_[found->second]};
  return {};
}

const User* Directory::find_login(std::string_view login) const {
  if (const User* user = find_user(login)) return user;
  const Address address = split_address(login);
  return !address.domain.empty() && is_local_domain(address) ? find_user(address.local) : nullptr;
}

const User* Directory::postmaster() const {
  if (const User* user = find_user("postmaster")) return user;
  for (const User& user : users_)
    if (user.profile->administrator) return &user;
  return users_.empty() ? nullptr : &users_.front();
}

const User* Directory::main_administrator() const {
  const User* user = options_.main_administrator.empty() ? nullptr : find_user(options_.main_administrator);
  return user ? user : postmaster();
}

Address Directory::complete(Address address) const {
  if (address.domain.empty()) address.domain = options_.default_domain;
  return address;
}

std::vector<const Mapping*> Directory::find(const MappingIndex& index, const Address& address,
                                            const MappingScope& scope, bool from,
                                            std::vector<const Mapping*>* skipped) const {
  const std::string local = to_lower(address.local), domain = to_lower(address.domain);
  const std::string key = domain.empty() ? local : local + "@" + domain;
  // A sender is rarely one of ours; a bare name in a `from` mapping means our own domains, of either kind.
  const bool own = domain.empty() ||
                   (scope.collector ? scope.collector->accepted_domains.contains(local, domain)
                                    : local_.contains(local, domain)) ||
                   (from && local_.contains(local, domain));
  std::vector<std::uint32_t> places;
  append(places, index.addresses, key);
  if (own) append(places, index.locals, local);
  append(places, index.locals_anywhere, local);
  index.patterns.find(key, places);
  if (own) index.local_patterns.find(local, places);
  std::sort(places.begin(), places.end());
  std::vector<const Mapping*> result;
  for (const std::uint32_t place : places) {
    if (applies(mappings_[place], scope))
      result.push_back(&mappings_[place]);
    else if (skipped)
      skipped->push_back(&mappings_[place]);
  }
  return result;
}

std::vector<const Mapping*> Directory::mappings_for(const Address& address, const MappingScope& scope,
                                                    std::vector<const Mapping*>* skipped) const {
  return find(recipients_, address, scope, false, skipped);
}

std::vector<const Mapping*> Directory::from_mappings_for(const Address& sender,
                                                         const MappingScope& scope) const {
  return scope.collector ? find(senders_, sender, scope, true) : std::vector<const Mapping*>{};
}

std::vector<const Mapping*> Directory::unrecognised_mappings_for(const Address& address,
                                                                 const MappingScope& scope) const {
  const std::string domain = to_lower(address.domain);
  std::vector<std::uint32_t> places;
  append(places, unrecognised_, domain);
  for (const std::uint32_t place : unrecognised_patterns_)
    if (matches_wildcard(split_address(mappings_[place].address).domain, domain)) places.push_back(place);
  std::sort(places.begin(), places.end());
  std::vector<const Mapping*> result;
  for (const std::uint32_t place : places)
    if (mappings_[place].type != MappingType::from && applies(mappings_[place], scope))
      result.push_back(&mappings_[place]);
  return result;
}

}  // namespace stagecoach::routing
