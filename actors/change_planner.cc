#include "actors/change_planner.h"

#include <algorithm>
#include <unordered_set>

#include "conf/checks.h"
#include "conf/entry_faults.h"
#include "conf/entry_text.h"
#include "conf/forward_graph.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_member_bytes_max = 500;
constexpr std::size_t k_members_max = 1'000'000;

bool is_built_in(std::string_view name) {
  return equals_ignoring_case(name, routing::k_no_one) || equals_ignoring_case(name, routing::k_everyone) ||
         equals_ignoring_case(name, routing::k_admins);
}

std::string member_fault(std::string_view member) {
  const bool lan = equals_ignoring_case(member.substr(0, 5), "SMTP:");
  const bool control = std::any_of(member.begin(), member.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; });
  if (!member.empty() && member.size() <= k_member_bytes_max && !control &&
      (lan || member.find_first_of(" ,;<>") == std::string_view::npos))
    return {};
  return "\"" + std::string(control ? "?" : member.substr(0, 100)) +
         "\" is no member: a user, a list, or an address";
}

template <class T>
Result<void> set_all(T& entry, const std::vector<EntrySetting>& settings) {
  for (const EntrySetting& setting : settings) {
    if (equals_ignoring_case(setting.key, "name")) return invalid_input("a name cannot be changed");
    if (auto done = conf::set_key(entry, setting.key, setting.value); !done) return done;
  }
  return {};
}

std::string list_text(MailList list) {
  list.members = std::make_shared<const Members>();  // rows of their own
  return conf::entry_text(list);
}

/// What makes two mappings the same.
std::string content_of(const Mapping& mapping) {
  return to_lower(mapping.address) + '\0' + to_lower(mapping.target) + '\0' + to_lower(mapping.collector) +
         '\0' + std::to_string(static_cast<int>(mapping.type)) + mapping.comments;
}

/// `members` without those removed, and with those added at the end; each once.
Members changed_members(const Members& members, const EntryChange& change) {
  std::unordered_set<std::string> seen;
  for (const std::string& member : change.members_removed) seen.insert(to_lower(member));
  Members result;
  if (!change.replace_members)
    for (const std::string& member : members)
      if (seen.insert(to_lower(member)).second) result.push_back(member);
  for (const std::string& member : change.members_removed) seen.erase(to_lower(member));
  for (const std::string& member : change.members_added)
    if (seen.insert(to_lower(member)).second) result.push_back(member);
  return result;
}

}  // namespace

Error declared_elsewhere(const std::string& what, const Provenance& where) {
  return conflict(what + " is declared in " + where.text() + ": change it there");
}

Result<void> ChangePlanner::add(const EntryChange& change) {
  switch (change.kind) {
    case EntryKind::user: return user(change);
    case EntryKind::group: return group(change);
    case EntryKind::list: return list(change);
    case EntryKind::mapping: return mapping(change);
  }
  return invalid_input("an unknown kind of entry");
}

storage::StoredChange& ChangePlanner::plan(storage::StoredChange::Verb verb, storage::StoredKind kind,
                                           PlannedChange planned) {
  planned.stored.verb = verb;
  planned.stored.kind = kind;
  planned_.push_back(std::move(planned));
  return planned_.back().stored;
}

Result<void> ChangePlanner::check_new_name(const std::string& name) const {
  if (const std::string fault = conf::user_name_fault(name); !fault.empty()) return invalid_input(fault);
  if (is_built_in(name)) return invalid_input("\"" + name + "\" is a built-in name");
  const auto taken = [](const char* kind, const auto& entry) {
    return conflict(std::string("the ") + kind + " \"" + entry.name + "\" exists already (" +
                    entry.where.text() + ")");
  };
  if (const User* user = book_.user(name)) return taken("user", *user);
  if (const Group* group = book_.group(name)) return taken("group", *group);
  if (const MailList* list = book_.list(name)) return taken("list", *list);
  return {};
}

// ---- groups ----

Result<void> ChangePlanner::group(const EntryChange& change) {
  const Group* before = book_.group(change.name);
  if (before && !before->where.file.empty())
    return declared_elsewhere("the group \"" + before->name + "\"", before->where);
  if (change.verb != Verb::add && !before) return not_found("there is no group \"" + change.name + "\"");
  if (change.verb == Verb::remove) return remove_group(*before);
  Group group = before ? *before : Group{};
  if (change.verb == Verb::add) {
    if (auto free = check_new_name(change.name); !free) return free;
    group.id = GroupId{next_id()};
    group.name = change.name;
  }
  if (auto done = set_all(group, change.settings); !done) return done;
  for (const conf::EntryFault& fault : conf::faults_of(group))
    return invalid_input(fault.key + " " + fault.reason);
  plan(change.verb == Verb::add ? storage::StoredChange::Verb::add : storage::StoredChange::Verb::set,
       storage::StoredKind::group)
      .group = {{}, group.name, conf::entry_text(group)};
  book_.put(std::move(group));
  return {};
}

/// Its members stay, without it.
Result<void> ChangePlanner::remove_group(const Group& found) {
  const Group group = found;
  std::vector<User> members;
  for (const User& user : book_.users().all()) {
    Profile profile = *user.profile;
    const bool primary = equals_ignoring_case(profile.primary_group, group.name);
    const auto gone = std::erase_if(profile.secondary_groups, [&](const std::string& name) {
      return equals_ignoring_case(name, group.name);
    });
    if (!primary && gone == 0) continue;
    if (!user.where.file.empty())
      return conflict("the user \"" + user.name + "\" (" + user.where.text() + ") is in the group \"" +
                      group.name + "\"");
    if (primary) profile.primary_group.clear();
    members.push_back(user);
    members.back().profile = std::make_shared<const Profile>(std::move(profile));
  }
  for (const User& user : members) {
    plan_user(storage::StoredChange::Verb::set, user, false);
    book_.put(user);
  }
  plan(storage::StoredChange::Verb::remove, storage::StoredKind::group).group.name = group.name;
  book_.remove(storage::StoredKind::group, group.id.value);
  return {};
}

// ---- lists ----

Result<void> ChangePlanner::list(const EntryChange& change) {
  const MailList* before = book_.list(change.name);
  if (before && !before->where.file.empty()) return declared_list(change, *before);
  if (change.verb != Verb::add && !before) return not_found("there is no list \"" + change.name + "\"");
  if (change.verb == Verb::remove) {
    plan(storage::StoredChange::Verb::remove, storage::StoredKind::list).list.name = before->name;
    book_.remove(storage::StoredKind::list, before->id.value);
    return {};
  }
  MailList list = before ? *before : MailList{};
  if (change.verb == Verb::add) {
    if (auto free = check_new_name(change.name); !free) return free;
    list.id = ListId{next_id()};
    list.name = change.name;
  }
  const std::shared_ptr<const Members> members_before = list.members;
  if (auto done = set_all(list, change.settings); !done) return done;
  const bool set_as_key = list.members != members_before;
  Members members = changed_members(*list.members, change);
  list.members = std::make_shared<const Members>(members);
  if (auto right = check_list(list); !right) return right;
  storage::StoredChange& stored =
      plan(change.verb == Verb::add ? storage::StoredChange::Verb::add : storage::StoredChange::Verb::set,
           storage::StoredKind::list);
  stored.list.name = list.name;
  stored.list.settings = list_text(list);
  if (change.verb == Verb::add) {
    stored.list.members = members;
  } else if (set_as_key || change.replace_members) {
    stored.replace_members = true;
    stored.members_added = members;
  } else {
    stored.members_added = change.members_added;
    stored.members_removed = change.members_removed;
  }
  book_.put(std::move(list));
  return {};
}

Result<void> ChangePlanner::check_list(const MailList& list) const {
  for (const std::string& member : *list.members)
    if (const std::string fault = member_fault(member); !fault.empty()) return invalid_input(fault);
  if (list.members->size() > k_members_max) return limit_reached("a list has at most a million members");
  for (const conf::EntryFault& fault : conf::faults_of(list))
    return invalid_input(fault.key + " " + fault.reason);
  if (list.digest_of.empty()) return {};
  const MailList* source = book_.list(list.digest_of);
  if (!source || equals_ignoring_case(list.digest_of, list.name))
    return invalid_input("there is no other list \"" + list.digest_of + "\" to make digests of");
  if (!source->archive)
    return invalid_input("the list \"" + source->name + "\" keeps no archive to make digests of");
  if (source->archive_keep_days < list.digest_every_days)
    return invalid_input("the list \"" + source->name + "\" keeps its archive for " +
                         std::to_string(source->archive_keep_days) +
                         " days, less than the digest's interval");
  return {};
}

/// Programs may add members to a declared list, and remove those that they have added.
Result<void> ChangePlanner::declared_list(const EntryChange& change, const MailList& before) {
  const std::string what = "the list \"" + before.name + "\"";
  if (change.verb != Verb::set || !change.settings.empty() || change.replace_members)
    return declared_elsewhere(what, before.where);
  for (const std::string& member : change.members_removed)
    for (const std::string& declared : *before.members)
      if (equals_ignoring_case(member, declared))
        return declared_elsewhere("the member " + declared + " of " + what, before.where);
  for (const std::string& member : change.members_added)
    if (const std::string fault = member_fault(member); !fault.empty()) return invalid_input(fault);
  if (!change.members_added.empty() && before.type != ListType::distribution &&
      before.type != ListType::mailing)
    return declared_elsewhere(what, before.where);
  storage::StoredChange& stored = plan(storage::StoredChange::Verb::set, storage::StoredKind::list);
  stored.list.name = before.name;
  stored.list.declared = true;
  stored.members_added = change.members_added;
  stored.members_removed = change.members_removed;
  return {};
}

// ---- mappings ----

Result<void> ChangePlanner::mapping(const EntryChange& change) {
  Mapping mapping;
  if (change.verb != Verb::add) {
    const Mapping* before = book_.mapping(std::atoll(change.name.c_str()));
    if (!before) return not_found("the database has no mapping " + change.name);
    mapping = *before;
  }
  if (change.verb != Verb::add) known_mappings_.erase(content_of(mapping));
  if (change.verb == Verb::remove) {
    plan(storage::StoredChange::Verb::remove, storage::StoredKind::mapping).mapping = mapping;
    book_.remove(storage::StoredKind::mapping, mapping.id);
    return {};
  }
  if (auto done = set_all(mapping, change.settings); !done) return done;
  if (equals_ignoring_case(mapping.collector, "ALL")) mapping.collector.clear();
  if (auto right = check_mapping(mapping); !right) return right;
  if (is_duplicate(mapping)) return {};  // imports may be repeated
  plan(change.verb == Verb::add ? storage::StoredChange::Verb::add : storage::StoredChange::Verb::set,
       storage::StoredKind::mapping)
      .mapping = mapping;
  if (change.verb == Verb::add) mapping.id = next_id();
  book_.put(std::move(mapping));
  return {};
}

Result<void> ChangePlanner::check_mapping(const Mapping& mapping) const {
  if (const std::string fault = conf::mapping_address_fault(mapping.address); !fault.empty())
    return invalid_input(fault);
  const std::string& target = mapping.target;
  if (!book_.user(target) && !book_.list(target) && !book_.group(target) && !is_built_in(target) &&
      !equals_ignoring_case(target, routing::k_remote))
    return not_found("there is neither a user nor a list nor a group \"" + target + "\"");
  if (mapping.collector.empty()) return {};
  for (const std::string& collector : rules_.collectors)
    if (equals_ignoring_case(collector, mapping.collector)) return {};
  return not_found("there is no collector \"" + mapping.collector + "\"");
}

bool ChangePlanner::is_duplicate(const Mapping& mapping) {
  if (known_mappings_.empty())
    for (const auto& [id, other] : book_.stored_mappings()) known_mappings_.insert(content_of(other));
  return !known_mappings_.insert(content_of(mapping)).second;
}

// ---- the whole request ----

namespace {

/// Circles in which mail would go round for ever: "fred -> kate -> fred". Lists that contain each other are
/// none.
std::vector<std::string> circles(const DirectoryBook& book, const std::vector<std::string>& domains) {
  const routing::AddressSet local(domains);
  const routing::DirectoryEntries entries = book.entries();
  conf::ForwardGraph graph(local);
  for (const User& user : entries.users) graph.add(user.name, *user.profile, user.where);
  for (const MailList& list : entries.lists) graph.add(list);
  for (const Mapping& mapping : entries.mappings) graph.add(mapping);
  std::vector<std::string> texts;
  for (const conf::Cycle& cycle : graph.cycles())
    if (!cycle.lists) texts.push_back(cycle.text);
  return texts;
}

/// A circle that was not there before; empty: none.
std::string new_circle(const DirectoryBook& before, const DirectoryBook& after,
                       const std::vector<std::string>& domains) {
  const std::vector<std::string> now = circles(after, domains);
  if (now.empty()) return {};
  const std::vector<std::string> known = circles(before, domains);
  for (const std::string& circle : now)
    if (std::find(known.begin(), known.end(), circle) == known.end()) return circle;
  return {};
}

}  // namespace

ChangePlan plan_changes(const DirectoryBook& book, const ChangeDirectory& request, const ChangeRules& rules) {
  ChangePlanner planner(book, rules, request.by);
  ChangePlan plan;
  for (std::size_t i = 0; i < request.changes.size(); ++i) {
    if (auto done = planner.add(request.changes[i]); !done)
      plan.faults.push_back({static_cast<std::int64_t>(i), done.error().text()});
    else
      ++plan.accepted;
  }
  if (const std::string circle = new_circle(book, planner.book(), rules.local_domains); !circle.empty())
    plan.fault = "mail would go round: " + circle;
  plan.changes = planner.take();
  return plan;
}

}  // namespace stagecoach
