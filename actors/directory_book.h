// What the directory actor knows: declared entries beside those of the database, as they were given (what
// groups force is added by routing::Directory). Pure: rows go in, entries come out. Names compare without
// regard to case.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "routing/directory.h"
#include "storage/directory_repository.h"

namespace stagecoach {

/// Users, groups or lists by name and by number: the declared ones in their order, then those of the database
/// by name.
template <class T>
class NamedEntries {
 public:
  void declare(std::vector<T> entries) {
    declared_ = std::move(entries);
    places_.clear();
    for (std::size_t i = 0; i < declared_.size(); ++i) places_.emplace(to_lower(declared_[i].name), i);
  }
  void put(T entry) {
    std::string key = to_lower(entry.name);
    names_[entry.id.value] = key;
    stored_.insert_or_assign(std::move(key), std::move(entry));
  }
  void remove(std::int64_t id) {
    const auto name = names_.find(id);
    if (name == names_.end()) return;
    if (const auto entry = stored_.find(name->second); entry != stored_.end() && entry->second.id.value == id)
      stored_.erase(entry);
    names_.erase(name);
  }
  void forget_stored() {
    stored_.clear();
    names_.clear();
  }
  const T* find(std::string_view name) const {
    const std::string key = to_lower(name);
    if (const auto place = places_.find(key); place != places_.end()) return &declared_[place->second];
    const auto entry = stored_.find(key);
    return entry == stored_.end() ? nullptr : &entry->second;
  }
  std::size_t size() const { return declared_.size() + stored_.size(); }
  const std::vector<T>& declared() const { return declared_; }
  const std::map<std::string, T>& stored() const { return stored_; }  // lower case -> entry
  std::vector<T> all() const {
    std::vector<T> all = declared_;
    all.reserve(size());
    for (const auto& [name, entry] : stored_) all.push_back(entry);
    return all;
  }

 private:
  std::vector<T> declared_;
  std::unordered_map<std::string, std::size_t> places_;  // of declared_
  std::map<std::string, T> stored_;
  std::unordered_map<std::int64_t, std::string> names_;  // number -> key of stored_
};

class DirectoryBook {
 public:
  /// The names that the database numbers.
  static storage::DeclaredNames names_of(const routing::DirectoryEntries& declared);

  /// Takes the place of the declared entries so far. Profiles that have not changed stay the same objects.
  void declare(routing::DirectoryEntries declared, const storage::DeclaredNumbers& numbers);

  /// Takes rows over: all of them, or those that are newer than version(). What cannot be read is named in
  /// the answer, and has default settings.
  std::vector<std::string> take(storage::StoredDirectory stored, bool everything);

  /// Before they are declared: none has the name of an entry of another kind in the database. "the list kate
  /// (stagecoach.toml:9) has the name of the user kate (database)". One of the same kind becomes the declared
  /// one.
  Result<void> check_names(const routing::DirectoryEntries& declared) const;

  std::int64_t version() const { return version_; }
  routing::DirectoryEntries entries() const;

  const User* user(std::string_view name) const { return users_.find(name); }
  const Group* group(std::string_view name) const { return groups_.find(name); }
  /// The members of a declared list are those that are declared.
  const MailList* list(std::string_view name) const { return lists_.find(name); }
  const Mapping* mapping(std::int64_t id) const;
  const NamedEntries<User>& users() const { return users_; }
  const NamedEntries<Group>& groups() const { return groups_; }
  const NamedEntries<MailList>& lists() const { return lists_; }
  const std::map<std::int64_t, Mapping>& stored_mappings() const { return mappings_; }
  const std::vector<Mapping>& declared_mappings() const { return declared_mappings_; }
  /// The members in force: declared, added, without suspended ones.
  std::shared_ptr<const Members> members_of(const MailList& list) const;

  /// Changes that are only planned: what follows them is judged by the result.
  void put(User user) { users_.put(std::move(user)); }
  void put(Group group) { groups_.put(std::move(group)); }
  void put(MailList list) { lists_.put(std::move(list)); }
  void put(Mapping mapping) { mappings_.insert_or_assign(mapping.id, std::move(mapping)); }
  void remove(storage::StoredKind kind, std::int64_t id);

 private:
  struct Subscribers {
    Members members, suspended;
  };
  void take_user(storage::StoredUser& stored, std::vector<std::string>& faults);
  void take_group(const storage::StoredGroup& stored, std::vector<std::string>& faults);
  void take_list(storage::StoredList& stored, std::vector<std::string>& faults);

  NamedEntries<User> users_;
  NamedEntries<Group> groups_;
  NamedEntries<MailList> lists_;
  std::vector<Mapping> declared_mappings_;
  std::map<std::int64_t, Mapping> mappings_;
  std::unordered_map<std::int64_t, Subscribers> subscribers_;  // of declared lists, by number
  std::int64_t version_ = 0;
};

}  // namespace stagecoach
