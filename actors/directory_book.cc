#include "actors/directory_book.h"

#include <unordered_set>

#include "conf/entry_text.h"

namespace stagecoach {

namespace {

template <class T>
std::vector<std::string> lower_names(const std::vector<T>& entries) {
  std::vector<std::string> names;
  for (const T& entry : entries) names.push_back(to_lower(entry.name));
  return names;
}

/// Parses settings; what cannot be read becomes the default and a fault.
template <class T>
T settings_of(const std::string& text, const std::string& whose, std::vector<std::string>& faults) {
  if (text.empty()) return {};
  auto parsed = conf::parse_entry<T>(text);
  if (parsed) return std::move(*parsed);
  faults.push_back("the settings of " + whose + " cannot be read: " + parsed.error().text());
  return {};
}

std::unordered_set<std::string> lower_set(const Members& members) {
  std::unordered_set<std::string> set;
  for (const std::string& member : members) set.insert(to_lower(member));
  return set;
}

}  // namespace

storage::DeclaredNames DirectoryBook::names_of(const routing::DirectoryEntries& declared) {
  return {lower_names(declared.users), lower_names(declared.groups), lower_names(declared.lists)};
}

void DirectoryBook::declare(routing::DirectoryEntries declared, const storage::DeclaredNumbers& numbers) {
  for (std::size_t i = 0; i < declared.users.size(); ++i) {
    User& user = declared.users[i];
    user.id = numbers.users.at(i);
    const User* before = users_.find(user.name);
    if (before && *before->profile == *user.profile) user.profile = before->profile;
  }
  for (std::size_t i = 0; i < declared.groups.size(); ++i) declared.groups[i].id = numbers.groups.at(i);
  for (std::size_t i = 0; i < declared.lists.size(); ++i) declared.lists[i].id = numbers.lists.at(i);
  users_.declare(std::move(declared.users));
  groups_.declare(std::move(declared.groups));
  lists_.declare(std::move(declared.lists));
  declared_mappings_ = std::move(declared.mappings);
}

void DirectoryBook::take_user(storage::StoredUser& stored, std::vector<std::string>& faults) {
  User user;
  user.id = stored.id;
  user.name = std::move(stored.name);
  user.credentials = std::move(stored.credentials);
  user.profile =
      std::make_shared<const Profile>(settings_of<Profile>(stored.settings, "the user " + user.name, faults));
  users_.put(std::move(user));
}

void DirectoryBook::take_group(const storage::StoredGroup& stored, std::vector<std::string>& faults) {
  Group group = settings_of<Group>(stored.settings, "the group " + stored.name, faults);
  group.id = stored.id;
  group.name = stored.name;
  groups_.put(std::move(group));
}

void DirectoryBook::take_list(storage::StoredList& stored, std::vector<std::string>& faults) {
  if (stored.declared) {
    lists_.remove(stored.id.value);
    subscribers_[stored.id.value] = {std::move(stored.members), std::move(stored.suspended)};
    return;
  }
  subscribers_.erase(stored.id.value);
  MailList list = settings_of<MailList>(stored.settings, "the list " + stored.name, faults);
  list.id = stored.id;
  list.name = std::move(stored.name);
  list.members = std::make_shared<const Members>(std::move(stored.members));
  lists_.put(std::move(list));
}

std::vector<std::string> DirectoryBook::take(storage::StoredDirectory stored, bool everything) {
  if (everything) {
    users_.forget_stored();
    groups_.forget_stored();
    lists_.forget_stored();
    mappings_.clear();
    subscribers_.clear();
  }
  std::vector<std::string> faults;
  for (const storage::Removal& removal : stored.removed) remove(removal.kind, removal.id);
  for (storage::StoredUser& user : stored.users) take_user(user, faults);
  for (const storage::StoredGroup& group : stored.groups) take_group(group, faults);
  for (storage::StoredList& list : stored.lists) take_list(list, faults);
  for (Mapping& mapping : stored.mappings) put(std::move(mapping));
  version_ = stored.version;
  return faults;
}

void DirectoryBook::remove(storage::StoredKind kind, std::int64_t id) {
  switch (kind) {
    case storage::StoredKind::user: return users_.remove(id);
    case storage::StoredKind::group: return groups_.remove(id);
    case storage::StoredKind::list: subscribers_.erase(id); return lists_.remove(id);
    case storage::StoredKind::mapping: mappings_.erase(id);
  }
}

Result<void> DirectoryBook::check_names(const routing::DirectoryEntries& declared) const {
  std::string fault;
  const auto check = [&fault](const char* kind, const auto& entries, const char* other_kind,
                              const auto& others) {
    for (const auto& entry : entries)
      if (const auto other = others.stored().find(to_lower(entry.name)); other != others.stored().end())
        fault = std::string("the ") + kind + " " + entry.name + " (" + entry.where.text() +
                ") has the name of the " + other_kind + " " + other->second.name + " (database)";
  };
  check("user", declared.users, "group", groups_);
  check("user", declared.users, "list", lists_);
  check("group", declared.groups, "user", users_);
  check("group", declared.groups, "list", lists_);
  check("list", declared.lists, "user", users_);
  check("list", declared.lists, "group", groups_);
  if (!fault.empty()) return conflict(fault);
  return {};
}

const Mapping* DirectoryBook::mapping(std::int64_t id) const {
  const auto found = mappings_.find(id);
  return found == mappings_.end() ? nullptr : &found->second;
}

std::shared_ptr<const Members> DirectoryBook::members_of(const MailList& list) const {
  const auto found = subscribers_.find(list.id.value);
  if (found == subscribers_.end()) return list.members;
  const Subscribers& subscribers = found->second;
  std::unordered_set<std::string> left_out = lower_set(subscribers.suspended);
  Members members;
  for (const Members* from : {list.members.get(), &subscribers.members})
    for (const std::string& member : *from)
      if (left_out.insert(to_lower(member)).second) members.push_back(member);
  return std::make_shared<const Members>(std::move(members));
}

routing::DirectoryEntries DirectoryBook::entries() const {
  routing::DirectoryEntries entries;
  entries.users = users_.all();
  entries.groups = groups_.all();
  entries.lists = lists_.all();
  for (MailList& list : entries.lists) list.members = members_of(list);
  entries.mappings = declared_mappings_;
  entries.mappings.reserve(declared_mappings_.size() + mappings_.size());
  for (const auto& [id, mapping] : mappings_) entries.mappings.push_back(mapping);
  return entries;
}

}  // namespace stagecoach
