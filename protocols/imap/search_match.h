// Whether a message matches a SEARCH, from what is known of it so far.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/content_pieces.h"
#include "protocols/imap/message_row.h"
#include "protocols/imap/search_query.h"
#include "protocols/mime/header.h"
#include "protocols/mime/part_index.h"

namespace stagecoach::imap {

/// The larger of two needs contains the smaller one.
enum class Truth : std::uint8_t { no, yes, needs_header, needs_body };

struct SearchedMessage {
  const MessageRow& row;
  const std::vector<std::string>& keywords;
  std::uint32_t sequence = 0;
  const mime::HeaderSection* header = nullptr;       // once it is loaded
  const std::vector<std::string>* bodies = nullptr;  // folded texts of the body, once they are loaded
};

Truth matches(const SearchKey& key, const SearchedMessage& message);

/// The ranges of a message whose text SEARCH BODY looks at: text parts and the headers of messages inside,
/// each cut to part_bytes_max.
std::vector<std::pair<mime::Range, const mime::PartIndex::Node*>> searched_ranges(
    const mime::PartIndex& parts, std::uint64_t part_bytes_max);
/// The decoded and folded text of such a range.
std::string searched_text(std::string_view bytes, const mime::PartIndex::Node& node);

}  // namespace stagecoach::imap
