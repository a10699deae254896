// The parts of one stored message that have been loaded so far.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/mime/part_index.h"

namespace stagecoach::imap {

class ContentPieces {
 public:
  void add(std::uint64_t offset, std::string bytes) { pieces_.emplace_back(offset, std::move(bytes)); }

  /// Nothing: not loaded, or not all of it.
  std::optional<std::string_view> find(mime::Range range) const {
    if (range.size_bytes == 0) return std::string_view();
    for (const auto& [offset, bytes] : pieces_) {
      if (range.offset < offset || range.offset + range.size_bytes > offset + bytes.size()) continue;
      return std::string_view(bytes).substr(range.offset - offset, range.size_bytes);
    }
    return std::nullopt;
  }

 private:
  std::vector<std::pair<std::uint64_t, std::string>> pieces_;
};

}  // namespace stagecoach::imap
