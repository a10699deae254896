#include "routing/wildcard_index.h"

#include <algorithm>

#include "routing/wildcard.h"

namespace stagecoach::routing {
namespace {

constexpr std::string_view k_wildcards = "*?";
constexpr std::size_t k_inner_max = 24;  // longer inner texts are indexed by their beginning

void note_length(std::vector<std::size_t>& lengths, std::size_t length) {
  const auto place = std::lower_bound(lengths.begin(), lengths.end(), length);
  if (place == lengths.end() || *place != length) lengths.insert(place, length);
}

/// The longest text between two wildcards, at most k_inner_max of it.
std::string_view longest_inner(std::string_view pattern) {
  const auto first = pattern.find_first_of(k_wildcards), last = pattern.find_last_of(k_wildcards);
  std::string_view rest = pattern.substr(first + 1, last == first ? 0 : last - first - 1);
  std::string_view longest;
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of(k_wildcards), rest.size());
    if (end > longest.size()) longest = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return longest.substr(0, k_inner_max);
}

}  // namespace

template <class T>
T& WildcardIndex::value_of(TextMap<T>& map, std::string_view text) {
  const auto [entry, is_new] = map.try_emplace(std::string(text));
  if (is_new) known_.add(TextHash{}(text));
  return entry->second;
}

void WildcardIndex::add(std::string_view pattern, std::uint32_t place) {
  const auto entry = static_cast<std::uint32_t>(patterns_.size());
  patterns_.push_back({std::string(pattern), place});
  const std::string_view prefix = pattern.substr(0, pattern.find_first_of(k_wildcards));
  const std::string_view suffix = pattern.substr(pattern.find_last_of(k_wildcards) + 1);
  note_length(lengths_, prefix.size());
  Prefix& begins = value_of(by_prefix_, prefix);
  note_length(begins.lengths, suffix.size());
  Inner& inner = value_of(begins.by_suffix, suffix);
  const std::string_view text = longest_inner(pattern);
  if (text.empty()) return inner.none.push_back(entry);
  note_length(inner.lengths, text.size());
  value_of(inner.by_text, text).push_back(entry);
}

template <class T>
const T* WildcardIndex::look_up(const TextMap<T>& map, std::string_view text) const {
  const TextProbe probe(text);
  if (!known_.may_have(probe.hash)) return nullptr;
  const auto found = map.find(probe);
  return found == map.end() ? nullptr : &found->second;
}

void WildcardIndex::try_all(const Entries& entries, std::string_view value,
                            std::vector<std::uint32_t>& places) const {
  for (const std::uint32_t entry : entries)
    if (matches_wildcard(patterns_[entry].pattern, value)) places.push_back(patterns_[entry].place);
}

void WildcardIndex::find_inner(const Inner& inner, std::string_view value, std::string_view middle,
                               std::vector<std::uint32_t>& places) const {
  try_all(inner.none, value, places);
  Entries candidates;
  for (const std::size_t length : inner.lengths)
    for (std::size_t at = 0; at + length <= middle.size(); ++at)
      if (const auto* found = look_up(inner.by_text, middle.substr(at, length)))
        candidates.insert(candidates.end(), found->begin(), found->end());
  // A text may occur several times in the value.
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  try_all(candidates, value, places);
}

void WildcardIndex::find(std::string_view value, std::vector<std::uint32_t>& places) const {
  for (const std::size_t begin : lengths_) {
    if (begin > value.size()) break;
    const Prefix* prefix = look_up(by_prefix_, value.substr(0, begin));
    if (!prefix) continue;
    for (const std::size_t end : prefix->lengths) {
      if (begin + end > value.size()) break;
      if (const Inner* inner = look_up(prefix->by_suffix, value.substr(value.size() - end)))
        find_inner(*inner, value, value.substr(begin, value.size() - begin - end), places);
    }
  }
}

}  // namespace stagecoach::routing
