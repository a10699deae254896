// Sets of message numbers or UIDs (RFC 3501 "sequence-set"): "2,4:7,12:*".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::imap {

class SequenceSet {
 public:
  static constexpr std::uint32_t k_star = UINT32_MAX;  // "*", the largest in use
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    bool operator==(const Range&) const = default;
  };

  /// Nothing: no valid set.
  static std::optional<SequenceSet> parse(std::string_view text);
  static SequenceSet of(const std::vector<std::uint32_t>& numbers);

  /// The ranges with "*" replaced, ordered, without overlap.
  std::vector<Range> resolved(std::uint32_t largest) const;
  /// A set that was made by of(): "2,4:7".
  std::string text() const;
  bool empty() const { return ranges_.empty(); }

 private:
  std::vector<Range> ranges_;
};

/// Whether ordered ranges without overlap contain the number.
bool contains(const std::vector<SequenceSet::Range>& ranges, std::uint32_t number);

}  // namespace stagecoach::imap
