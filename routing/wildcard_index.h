// Many wildcard patterns, and which of them match a value: patterns are found by the text before their first
// wildcard, then by the text behind their last one, then by the longest text between. A look-up costs a few
// dozen hash probes, however many patterns there are, plus one comparison for each candidate. Everything is
// in lower case.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "routing/text_map.h"

namespace stagecoach::routing {

class WildcardIndex {
 public:
  /// `pattern` in lower case, with at least one wildcard.
  void add(std::string_view pattern, std::uint32_t place);
  /// Appends the places of the patterns that match the whole value (lower case), in no order.
  void find(std::string_view value, std::vector<std::uint32_t>& places) const;
  bool empty() const { return patterns_.empty(); }

 private:
  struct Entry {
    std::string pattern;
    std::uint32_t place = 0;
  };
  using Entries = std::vector<std::uint32_t>;  // indexes of patterns_
  /// Patterns that begin and end with the same texts, by their longest inner text.
  struct Inner {
    Entries none;  // without one
    TextMap<Entries> by_text;
    std::vector<std::size_t> lengths;  // that occur, ascending
  };
  /// The patterns that begin with one text, by the text they end with.
  struct Prefix {
    TextMap<Inner> by_suffix;
    std::vector<std::size_t> lengths;
  };

  template <class T>
  T& value_of(TextMap<T>& map, std::string_view text);
  template <class T>
  const T* look_up(const TextMap<T>& map, std::string_view text) const;
  void try_all(const Entries& entries, std::string_view value, std::vector<std::uint32_t>& places) const;
  void find_inner(const Inner& inner, std::string_view value, std::string_view middle,
                  std::vector<std::uint32_t>& places) const;

  std::vector<Entry> patterns_;
  TextMap<Prefix> by_prefix_;
  TextFilter known_;                  // the keys of all these maps: most probes end here
  std::vector<std::size_t> lengths_;  // of prefixes that occur, ascending
};

}  // namespace stagecoach::routing
