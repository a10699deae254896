#include "routing/directory.h"

#include <algorithm>

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

void append(std::vector<std::uint32_t>& places,
            const std::unordered_map<std::string, std::vector<std::uint32_t>>& index,
            const std::string& key) {
  if (const auto found = index.find(key); found != index.end())
    places.insert(places.end(), found->second.begin(), found->second.end());
}

}  // namespace

Directory::Directory(std::vector<User> users, std::vector<Mapping> mappings, RoutingOptions options)
    : users_(std::move(users)),
      mappings_(std::move(mappings)),
      declared_(mappings_.size()),
      options_(std::move(options)),
      local_(options_.local_domains) {
  users_by_name_.reserve(users_.size());
  for (std::uint32_t place = 0; place < users_.size(); ++place) {
    const User& user = users_[place];
    users_by_name_.emplace(to_lower(user.name), place);
    for (const std::string& alias : user.aliases) {
      Mapping mapping;
      mapping.address = alias;
      mapping.target = user.name;
      mapping.where = user.where;
      mappings_.push_back(std::move(mapping));
    }
  }
  recipients_.locals.reserve(mappings_.size());
  for (std::uint32_t place = 0; place < mappings_.size(); ++place) add(place);
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
  } else if (!address.domain.empty() && !has_wildcard(address.domain)) {
    index.domains[address.domain].push_back(place);
  } else {
    index.patterns.push_back(place);
  }
}

const User* Directory::find_user(std::string_view name) const {
  const auto found = users_by_name_.find(to_lower(name));
  return found == users_by_name_.end() ? nullptr : &users_[found->second];
}

const User* Directory::find_login(std::string_view login) const {
  if (const User* user = find_user(login)) return user;
  const Address address = split_address(login);
  return !address.domain.empty() && is_local_domain(address) ? find_user(address.local) : nullptr;
}

const User* Directory::postmaster() const {
  if (const User* user = find_user("postmaster")) return user;
  for (const User& user : users_)
    if (user.administrator) return &user;
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
                                            const MappingScope& scope, bool from) const {
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
  const auto compare = [&](std::uint32_t place) {
    const std::string& pattern = mappings_[place].address;
    const bool whole = pattern.find('@') != std::string::npos;
    if (whole ? matches_wildcard(pattern, key) : own && matches_wildcard(pattern, local))
      places.push_back(place);
  };
  if (const auto found = index.domains.find(domain); found != index.domains.end())
    std::for_each(found->second.begin(), found->second.end(), compare);
  std::for_each(index.patterns.begin(), index.patterns.end(), compare);
  std::sort(places.begin(), places.end());
  std::vector<const Mapping*> result;
  for (const std::uint32_t place : places)
    if (applies(mappings_[place], scope)) result.push_back(&mappings_[place]);
  return result;
}

std::vector<const Mapping*> Directory::mappings_for(const Address& address, const MappingScope& scope) const {
  return find(recipients_, address, scope, false);
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
