#include "conf/difference.h"

#include <map>

#include "conf/value_text.h"

namespace stagecoach::conf {
namespace {

using Lines = std::vector<std::string>;

/// "hostname \"a\" -> \"b\"" for each setting of S that differs, nested sections included.
template <SettingsStruct S>
void compare(const S& before, const S& after, Lines& changes) {
  for_each_setting<S>([&](const auto& setting) {
    const auto& old_value = before.*setting.member;
    const auto& new_value = after.*setting.member;
    using Member = std::remove_cvref_t<decltype(old_value)>;
    if (old_value == new_value) return;
    if constexpr (SettingsStruct<Member>) {
      compare(old_value, new_value, changes);
    } else if constexpr (!IsSectionList<Member>::value) {
      const std::string old_text = value_text(old_value, setting.constraint);
      const std::string new_text = value_text(new_value, setting.constraint);
      changes.push_back(std::string(setting.key) +
                        (old_text == new_text ? " is another one" : " " + old_text + " -> " + new_text));
    }
  });
}

std::string name_of_entry(const UserSettings& user) { return to_lower(user.name); }
std::string name_of_entry(const ServiceSettings& service) { return service.name; }
std::string name_of_entry(const ConnectionSettings& connection) { return connection.name; }
std::string name_of_entry(const CollectorSettings& collector) { return collector.name; }
std::string name_of_entry(const SenderSettings& sender) { return "of " + sender.connection; }
std::string name_of_entry(const ScheduleSettings& item) {
  return item.name.empty() ? item.text() : item.name;
}
std::string name_of_entry(const MappingSettings& mapping) { return mapping.address; }

/// Entries of one name in their order: several mappings of one address are usual.
template <class S>
std::map<std::string, std::vector<const S*>> by_name(const std::vector<S>& entries) {
  std::map<std::string, std::vector<const S*>> result;
  for (const S& entry : entries) result[name_of_entry(entry)].push_back(&entry);
  return result;
}

/// What a reader wants to know of a new or removed entry.
template <class S>
std::string details(const S& entry) {
  if constexpr (std::is_same_v<S, MappingSettings>)
    return " -> " + entry.target;
  else if constexpr (std::is_same_v<S, ServiceSettings>)
    return ", listens on " + value_text(entry.listen, Anything{});
  else
    return {};
}

template <class S>
void compare_entry(const std::string& kind, const std::string& name, const S& before, const S& after,
                   Lines& lines) {
  Lines changes;
  compare(before, after, changes);
  for (const std::string& change : changes)
    lines.push_back(kind + " " + name + ": " + change + " (" + after.where.text() + ")");
}

/// Entries that are equal on both sides are taken out first, so that one of several mappings of an address
/// that is removed does not look like a change of all behind it.
template <class S>
void compare_same_name(const std::string& kind, const std::string& name, std::vector<const S*> before,
                       std::vector<const S*> after, Lines& lines) {
  const auto same = [](const S& a, const S& b) {
    Lines changes;
    compare(a, b, changes);
    return changes.empty();
  };
  std::erase_if(before, [&](const S* old_entry) {
    const auto twin =
        std::find_if(after.begin(), after.end(), [&](const S* entry) { return same(*old_entry, *entry); });
    if (twin == after.end()) return false;
    after.erase(twin);
    return true;
  });
  for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
    if (i >= before.size())
      lines.push_back(kind + " " + name + details(*after[i]) + " is added (" + after[i]->where.text() + ")");
    else if (i >= after.size())
      lines.push_back(kind + " " + name + details(*before[i]) + " is removed (was " +
                      before[i]->where.text() + ")");
    else
      compare_entry(kind, name, *before[i], *after[i], lines);
  }
}

template <class S>
void compare_list(const std::string& kind, const std::vector<S>& before, const std::vector<S>& after,
                  Lines& lines) {
  const auto old_entries = by_name(before), new_entries = by_name(after);
  for (const auto& [name, entries] : old_entries)
    if (const auto found = new_entries.find(name); found == new_entries.end())
      compare_same_name<S>(kind, name, entries, {}, lines);
    else
      compare_same_name<S>(kind, name, entries, found->second, lines);
  for (const auto& [name, entries] : new_entries)
    if (!old_entries.contains(name)) compare_same_name<S>(kind, name, {}, entries, lines);
}

}  // namespace

std::vector<std::string> describe_changes(const Config& before, const Config& after) {
  Lines lines;
  for_each_setting<Config>([&](const auto& setting) {
    const auto& old_value = before.*setting.member;
    const auto& new_value = after.*setting.member;
    const std::string key(setting.key);
    if constexpr (IsSectionList<std::remove_cvref_t<decltype(old_value)>>::value) {
      compare_list(key, old_value, new_value, lines);
    } else {
      Lines changes;
      compare(old_value, new_value, changes);
      for (const std::string& change : changes) lines.push_back(key + ": " + change);
    }
  });
  return lines;
}

}  // namespace stagecoach::conf
