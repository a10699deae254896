#include "protocols/imap/sequence_set.h"

#include <algorithm>
#include <charconv>

namespace stagecoach::imap {
namespace {

bool take_number(std::string_view& text, std::uint32_t& number) {
  if (text.starts_with('*')) {
    number = SequenceSet::k_star;
    text.remove_prefix(1);
    return true;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number == 0 || number == SequenceSet::k_star) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

std::optional<SequenceSet> SequenceSet::parse(std::string_view text) {
  SequenceSet set;
  while (true) {
    Range range;
    if (!take_number(text, range.first)) return std::nullopt;
    range.last = range.first;
    if (text.starts_with(':')) {
      text.remove_prefix(1);
      if (!take_number(text, range.last)) return std::nullopt;
    }
    set.ranges_.push_back(range);
    if (text.empty()) return set;
    if (text.front() != ',') return std::nullopt;
    text.remove_prefix(1);
  }
}

SequenceSet SequenceSet::of(const std::vector<std::uint32_t>& numbers) {
  SequenceSet set;
  for (const std::uint32_t number : numbers) {
    if (!set.ranges_.empty() && set.ranges_.back().last + 1 == number)
      set.ranges_.back().last = number;
    else
      set.ranges_.push_back({number, number});
  }
  return set;
}

std::vector<SequenceSet::Range> SequenceSet::resolved(std::uint32_t largest) const {
  std::vector<Range> ranges = ranges_;
  for (Range& range : ranges) {
    if (range.first == k_star) range.first = largest;
    if (range.last == k_star) range.last = largest;
    if (range.first > range.last) std::swap(range.first, range.last);
  }
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  std::vector<Range> merged;
  for (const Range& range : ranges) {
    if (!merged.empty() && range.first <= merged.back().last + 1)
      merged.back().last = std::max(merged.back().last, range.last);
    else
      merged.push_back(range);
  }
  return merged;
}

std::string SequenceSet::text() const {
  std::string text;
  for (const Range& range : ranges_) {
    if (!text.empty()) text += ',';
    text += std::to_string(range.first);
    if (range.last != range.first) text += ':' + std::to_string(range.last);
  }
  return text;
}

bool contains(const std::vector<SequenceSet::Range>& ranges, std::uint32_t number) {
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), number,
                       [](std::uint32_t n, const SequenceSet::Range& range) { return n < range.first; });
  return after != ranges.begin() && number <= std::prev(after)->last;
}

}  // namespace stagecoach::imap
