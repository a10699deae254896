#include "actors/directory_listing.h"

#include <algorithm>

#include "conf/entry_text.h"
#include "routing/autoresponder_conditions.h"
#include "routing/model/address.h"

namespace stagecoach {

namespace {

template <class T>
void add_settings(EntryView& view, const T& entry, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) {
    if (key != "*") {
      if (auto value = conf::get_key(entry, key)) view.settings.push_back({key, std::move(*value)});
      continue;
    }
    view.text = conf::entry_text(entry);
    for (const conf::KeyInfo& info : conf::list_keys<T>()) {
      auto value = conf::get_key(entry, info.key);  // tables with any keys have no value of their own
      if (value && *value != info.initial) view.settings.push_back({info.key, std::move(*value)});
    }
  }
}

/// Whether days and times of the rule hold now; sender and subject are a message's.
bool answers_at(AutoresponderRule rule, routing::LocalTime now) {
  rule.sender.clear();
  rule.subject.clear();
  return routing::CompiledAnswerRule::compile(rule).mismatch(now, {}, {}).empty();
}

/// "autoresponder-active": a rule that answers holds now; "autoresponder": only at other times. Empty: none.
std::string autoresponder_mark(const Autoresponder& autoresponder, routing::LocalTime now) {
  std::string mark;
  for (const AutoresponderRule& rule : autoresponder.rules) {
    if (!rule.enabled || equals_ignoring_case(rule.autoresponder, "<None>")) continue;
    if (answers_at(rule, now)) return "autoresponder-active";
    mark = "autoresponder";
  }
  return mark;
}

std::vector<std::string> marks_of(const Profile& profile, routing::LocalTime now) {
  std::vector<std::string> marks;
  if (profile.administrator) marks.emplace_back("administrator");
  if (std::string mark = autoresponder_mark(profile.autoresponder, now); !mark.empty())
    marks.push_back(std::move(mark));
  if (profile.routing.use_forwarding && !profile.routing.forward_to.empty()) marks.emplace_back("forward");
  if (!profile.routing.assistants.empty()) marks.emplace_back("assistant");
  if (profile.permissions.monitor) marks.emplace_back("monitored");
  return marks;
}

template <class T>
EntryView view_of(const T& entry) {
  EntryView view;
  view.id = entry.id.value;
  view.name = entry.name;
  view.where = entry.where.text();
  return view;
}

/// Settings as they were given: what a group forces on a user is the group's. Marks and state as in force.
EntryView view_of_user(const User& user, const ListEntries& list, const routing::Directory& directory,
                       routing::LocalTime now) {
  EntryView view = view_of(user);
  if (const User* in_force = directory.find_user(user.name)) {
    view.active = directory.is_active(*in_force, routing::day_text(routing::day_of(now)));
    view.marks = marks_of(*in_force->profile, now);
  }
  add_settings(view, *user.profile, list.keys);
  // Stored forms, for exports: "*" does not ask for them.
  for (const auto& [key, value] :
       {std::pair<const char*, const std::string&>{"password", user.credentials.password},
        {"scram", user.credentials.scram},
        {"web_password", user.credentials.web_password}})
    if (std::find(list.keys.begin(), list.keys.end(), key) != list.keys.end())
      view.settings.push_back({key, value});
  for (const AppPassword& app : user.credentials.app_passwords) view.members.push_back(app.name);
  return view;
}

EntryView view_of_group(const Group& group, const ListEntries& list, const routing::Directory& directory) {
  EntryView view = view_of(group);
  view.active = group.enabled;
  add_settings(view, group, list.keys);
  const auto members = directory.members_of_group(group.name);
  view.member_count = static_cast<std::int64_t>(members.size());
  if (list.members)
    for (const User* user : members) view.members.push_back(user->name);
  return view;
}

EntryView view_of_list(const MailList& found, const DirectoryBook& book, const ListEntries& list) {
  EntryView view = view_of(found);
  const auto members = book.members_of(found);
  MailList without = found;
  without.members = std::make_shared<const Members>();
  add_settings(view, without, list.keys);
  view.member_count = static_cast<std::int64_t>(members->size());
  if (list.members) view.members = *members;
  return view;
}

EntryView view_of_mapping(const Mapping& mapping, const ListEntries& list) {
  EntryView view;
  view.id = mapping.id;
  view.name = mapping.id ? std::to_string(mapping.id) : "";
  view.where = mapping.where.text();
  add_settings(view, mapping, list.keys);
  return view;
}

/// Views of all entries, or of the one with the name.
template <class T, class View>
void list_named(EntryListing& listing, const NamedEntries<T>& entries, const std::string& name,
                const char* kind, const View& view) {
  if (!name.empty()) {
    if (const T* found = entries.find(name))
      listing.entries.push_back(view(*found));
    else
      listing.outcome = Outcome::failure(not_found(std::string("there is no ") + kind + " \"" + name + "\""));
    return;
  }
  listing.entries.reserve(entries.size());
  for (const T& entry : entries.declared()) listing.entries.push_back(view(entry));
  for (const auto& [key, entry] : entries.stored()) listing.entries.push_back(view(entry));
}

/// An alias has no number of its own: it is a setting of its user, and changes there.
EntryView view_of_alias(const Mapping& alias, const ListEntries& list) {
  EntryView view = view_of_mapping(alias, list);
  view.marks.push_back("alias of " + alias.target);
  return view;
}

void list_mappings(EntryListing& listing, const DirectoryBook& book, const ListEntries& list,
                   const routing::Directory& directory) {
  if (list.name.empty())
    for (const Mapping& mapping : book.declared_mappings())
      listing.entries.push_back(view_of_mapping(mapping, list));
  for (const auto& [id, mapping] : book.stored_mappings())
    if (list.name.empty() || list.name == std::to_string(id))
      listing.entries.push_back(view_of_mapping(mapping, list));
  if (list.name.empty())
    for (const Mapping& mapping : directory.mappings())
      if (directory.is_alias(mapping)) listing.entries.push_back(view_of_alias(mapping, list));
  if (!list.name.empty() && listing.entries.empty())
    listing.outcome = Outcome::failure(not_found("the database has no mapping " + list.name));
}

}  // namespace

EntryListing list_entries(const DirectoryBook& book, const routing::Directory& directory,
                          const ListEntries& list, routing::LocalTime now) {
  EntryListing listing;
  switch (list.kind) {
    case EntryKind::user:
      list_named(listing, book.users(), list.name, "user",
                 [&](const User& user) { return view_of_user(user, list, directory, now); });
      break;
    case EntryKind::group:
      list_named(listing, book.groups(), list.name, "group",
                 [&](const Group& group) { return view_of_group(group, list, directory); });
      break;
    case EntryKind::list:
      list_named(listing, book.lists(), list.name, "list",
                 [&](const MailList& found) { return view_of_list(found, book, list); });
      break;
    case EntryKind::mapping: list_mappings(listing, book, list, directory); break;
  }
  return listing;
}

}  // namespace stagecoach
