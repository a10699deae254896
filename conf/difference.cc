#include "conf/difference.h"

#include <map>
#include <set>

#include "conf/value_text.h"

namespace stagecoach::conf {
namespace {

using Lines = std::vector<std::string>;

std::string name_of_entry(const UserSettings& user) { return to_lower(user.name); }
std::string name_of_entry(const MailList& list) { return to_lower(list.name); }
std::string name_of_entry(const Group& group) { return to_lower(group.name); }
std::string name_of_entry(const SenderSettings& sender) { return "of " + sender.connection; }
std::string name_of_entry(const ScheduleSettings& item) {
  return item.name.empty() ? item.text() : item.name;
}
std::string name_of_entry(const Mapping& mapping) { return mapping.address; }
std::string name_of_entry(const DkimSettings& dkim) { return dkim.selector + "._domainkey." + dkim.domain; }
std::string name_of_entry(const LanForwardSettings& rule) {
  return rule.addresses.empty() ? rule.server : rule.addresses.front();
}
std::string name_of_entry(const LanVerificationSettings& verification) { return verification.server; }
std::string name_of_entry(const DomainMapping& mapping) { return mapping.from; }
template <class S>
requires requires(S s) { s.name; }
std::string name_of_entry(const S& entry) { return entry.name; }

/// Entries that can be recognised again; others (conditions, prune rules) are compared as a whole.
template <class S>
concept Named = requires(S s) {
  name_of_entry(s);
};

/// Long texts are cut: the line says that they changed, the file says how.
std::string cut(std::string text) {
  constexpr std::size_t k_text_max = 120;
  if (text.size() <= k_text_max) return text;
  std::size_t end = k_text_max;
  while (end > 0 && (text[end] & 0xc0) == 0x80) --end;  // not within a character
  return text.substr(0, end) + "...";
}

/// "+bob, +kate, -fred", or "+120, -3" when they are many.
std::string list_change(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  constexpr std::size_t k_named_max = 6;
  const std::set<std::string_view> old_ones(before.begin(), before.end()),
      new_ones(after.begin(), after.end());
  Lines changes;
  std::size_t added = 0, removed = 0;
  for (const std::string_view element : new_ones)
    if (!old_ones.contains(element) && ++added <= k_named_max) changes.push_back("+" + shown_target(element));
  for (const std::string_view element : old_ones)
    if (!new_ones.contains(element) && ++removed <= k_named_max)
      changes.push_back("-" + shown_target(element));
  if (added + removed == 0) return "in another order";
  if (added + removed > k_named_max) {
    changes.clear();
    if (added != 0) changes.push_back("+" + std::to_string(added));
    if (removed != 0) changes.push_back("-" + std::to_string(removed));
  }
  std::string text;
  for (const std::string& change : changes) text += (text.empty() ? "" : ", ") + change;
  return text;
}

/// The change of one value behind its key: "\"a\" -> \"b\"", "is another one", "+bob".
template <class T, class C>
std::string value_change(const T& before, const T& after, const C& constraint) {
  if constexpr (std::is_same_v<C, Separated> && IsSharedList<T>::value) {
    return list_change(*before, *after);
  } else if constexpr (std::is_same_v<C, Separated>) {
    return list_change(before, after);
  } else {
    const std::string old_text = value_text(before, constraint), new_text = value_text(after, constraint);
    return old_text == new_text ? "is another one" : cut(old_text) + " -> " + cut(new_text);
  }
}

template <class S>
void compare_list(const std::string& kind, const std::vector<S>& before, const std::vector<S>& after,
                  Lines& lines);

/// "hostname \"a\" -> \"b\"" for each setting of S that differs, nested sections included.
template <SettingsStruct S>
void compare(const S& before, const S& after, const std::string& path, Lines& changes) {
  for_each_setting<S>([&](const auto& setting) {
    const auto& old_value = before.*setting.member;
    const auto& new_value = after.*setting.member;
    using Member = std::remove_cvref_t<decltype(old_value)>;
    if (same_value(old_value, new_value)) return;
    const std::string key = joined_key(path, setting.key);
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(setting.constraint)>, Flat>) {
      compare(old_value, new_value, path, changes);
    } else if constexpr (SettingsStruct<Member>) {
      compare(old_value, new_value, key, changes);
    } else if constexpr (IsSectionList<Member>::value) {
      if constexpr (Named<typename Member::value_type>)
        compare_list(key, old_value, new_value, changes);
      else
        changes.push_back(key + " " + value_change(old_value, new_value, setting.constraint));
    } else {
      changes.push_back(key + " " + value_change(old_value, new_value, setting.constraint));
    }
  });
}

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
  if constexpr (std::is_same_v<S, Mapping>)
    return " -> " + entry.target;
  else if constexpr (std::is_same_v<S, DomainMapping>)
    return " -> " + entry.to;
  else if constexpr (std::is_same_v<S, ServiceSettings>)
    return ", listens on " + value_text(entry.listen, Anything{});
  else if constexpr (std::is_same_v<S, MailList>)
    return ", " + std::to_string(entry.members->size()) + " members";
  else
    return {};
}

template <class S>
std::string place(const S& entry, const char* was = "") {
  if constexpr (HasProvenance<S>)
    if (!entry.where.file.empty()) return " (" + (was + entry.where.text()) + ")";
  return {};
}

/// Entries that are equal on both sides are taken out first, so that one of several mappings of an address
/// that is removed does not look like a change of all behind it.
template <class S>
void compare_same_name(const std::string& kind, const std::string& name, std::vector<const S*> before,
                       std::vector<const S*> after, Lines& lines) {
  std::erase_if(before, [&](const S* old_entry) {
    const auto twin = std::find_if(after.begin(), after.end(),
                                   [&](const S* entry) { return same_value(*old_entry, *entry); });
    if (twin == after.end()) return false;
    after.erase(twin);
    return true;
  });
  const std::string label = kind + " " + name;
  for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
    if (i >= before.size()) {
      lines.push_back(label + details(*after[i]) + " is added" + place(*after[i]));
    } else if (i >= after.size()) {
      lines.push_back(label + details(*before[i]) + " is removed" + place(*before[i], "was "));
    } else {
      Lines changes;
      compare(*before[i], *after[i], {}, changes);
      for (const std::string& change : changes) lines.push_back(label + ": " + change + place(*after[i]));
    }
  }
}

template <class S>
void compare_list(const std::string& kind, const std::vector<S>& before, const std::vector<S>& after,
                  Lines& lines) {
  const std::size_t lines_before = lines.size();
  const auto old_entries = by_name(before), new_entries = by_name(after);
  for (const auto& [name, entries] : old_entries)
    if (const auto found = new_entries.find(name); found == new_entries.end())
      compare_same_name<S>(kind, name, entries, {}, lines);
    else
      compare_same_name<S>(kind, name, entries, found->second, lines);
  for (const auto& [name, entries] : new_entries)
    if (!old_entries.contains(name)) compare_same_name<S>(kind, name, {}, entries, lines);
  // Of rules the order counts; of the directory's entries it does not.
  if constexpr (std::is_same_v<S, MessageRule> || std::is_same_v<S, AutoresponderRule> ||
                std::is_same_v<S, DownloadRule>)
    if (lines.size() == lines_before && !same_value(before, after))
      lines.push_back(kind + " in another order");
}

template <SettingsStruct S>
void describe(const S& before, const S& after, Lines& lines) {
  for_each_setting<S>([&](const auto& setting) {
    const auto& old_value = before.*setting.member;
    const auto& new_value = after.*setting.member;
    using Member = std::remove_cvref_t<decltype(old_value)>;
    const std::string key(setting.key);
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(setting.constraint)>, Flat>) {
      describe(old_value, new_value, lines);
    } else if constexpr (IsSectionList<Member>::value) {
      compare_list(key, old_value, new_value, lines);
    } else if constexpr (SettingsStruct<Member>) {
      Lines changes;
      compare(old_value, new_value, {}, changes);
      for (const std::string& change : changes) lines.push_back(key + ": " + change);
    } else if (!same_value(old_value, new_value)) {
      lines.push_back(key + ": " + value_change(old_value, new_value, setting.constraint));
    }
  });
}

}  // namespace

std::vector<std::string> describe_changes(const Config& before, const Config& after) {
  Lines lines;
  describe(before, after, lines);
  return lines;
}

}  // namespace stagecoach::conf
