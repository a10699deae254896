// Says quickly, and without touching the memory of a large table, that a text is not among those that were
// added (a Bloom filter with two bits a text). The hash is the caller's: std::hash of the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stagecoach::routing {

class TextFilter {
 public:
  void add(std::size_t hash) {
    hashes_.push_back(hash);
    if (hashes_.size() * k_bits_for_each <= bits_.size() * 64) return set(hash);
    bits_.assign(bits_.empty() ? 1 : bits_.size() * 2, 0);
    for (const std::size_t one : hashes_) set(one);
  }
  /// False: it was not added. True: it probably was.
  bool may_have(std::size_t hash) const { return !bits_.empty() && (word(hash) & bits(hash)) == bits(hash); }

 private:
  static constexpr std::size_t k_bits_for_each = 16;

  /// Both bits are in one word: one access to memory. bits_.size() is a power of two.
  std::uint64_t word(std::size_t hash) const { return bits_[hash >> 12 & (bits_.size() - 1)]; }
  static std::uint64_t bits(std::size_t hash) {
    return std::uint64_t{1} << (hash & 63) | std::uint64_t{1} << (hash >> 6 & 63);
  }
  void set(std::size_t hash) { bits_[hash >> 12 & (bits_.size() - 1)] |= bits(hash); }

  std::vector<std::uint64_t> bits_;
  std::vector<std::size_t> hashes_;
};

}  // namespace stagecoach::routing
