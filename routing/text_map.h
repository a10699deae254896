// Hash tables of texts that are asked mostly for what they do not have: a filter in front answers without
// touching the table, whose entries lie scattered in memory.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "routing/text_filter.h"

namespace stagecoach::routing {

/// A text that is looked for, with its hash.
struct TextProbe {
  explicit TextProbe(std::string_view sought) : text(sought), hash(std::hash<std::string_view>{}(sought)) {}
  std::string_view text;
  std::size_t hash;
};

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  std::size_t operator()(const TextProbe& probe) const { return probe.hash; }
};

struct TextEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return a == b; }
  bool operator()(const TextProbe& probe, std::string_view b) const { return probe.text == b; }
  bool operator()(std::string_view a, const TextProbe& probe) const { return a == probe.text; }
};

template <class T>
using TextMap = std::unordered_map<std::string, T, TextHash, TextEqual>;

/// A TextMap with a filter of its own, for one large table.
template <class T>
class FilteredMap {
 public:
  void reserve(std::size_t count) { map_.reserve(count); }
  /// The value of a key, made when it is new.
  T& operator[](const std::string& key) {
    const auto [entry, is_new] = map_.try_emplace(key);
    if (is_new) known_.add(TextHash{}(key));
    return entry->second;
  }
  /// Null: it has no such key.
  const T* find(std::string_view key) const {
    const TextProbe probe(key);
    if (!known_.may_have(probe.hash)) return nullptr;
    const auto found = map_.find(probe);
    return found == map_.end() ? nullptr : &found->second;
  }

 private:
  TextMap<T> map_;
  TextFilter known_;
};

}  // namespace stagecoach::routing
