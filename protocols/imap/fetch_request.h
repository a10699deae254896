// What a FETCH command asks for (RFC 3501 section 6.4.5, RFC 7162).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/imap/cursor.h"
#include "protocols/mime/part_index.h"

namespace stagecoach::imap {

/// One BODY[…] item, or one of the RFC822 items.
struct FetchSection {
  enum class Filter : std::uint8_t { none, only, except };  // HEADER.FIELDS, HEADER.FIELDS.NOT

  std::vector<std::uint32_t> path;
  mime::SectionKind kind = mime::SectionKind::body;
  Filter filter = Filter::none;
  std::vector<std::string> fields;
  bool peek = false;
  std::string label;  // as the answer names it: "BODY[1.TEXT]", "RFC822.HEADER"
  bool partial = false;
  std::uint64_t partial_offset = 0;
  std::uint64_t partial_bytes = 0;

  /// The header of the message itself, whole or some fields of it.
  bool is_top_header() const { return path.empty() && kind == mime::SectionKind::header; }
};

struct FetchRequest {
  bool uid = false, flags = false, internal_date = false, size = false, modseq = false;
  bool envelope = false, body = false, bodystructure = false;
  std::vector<FetchSection> sections;
  std::optional<std::uint64_t> changed_since;

  /// Whether answering it sets \Seen.
  bool marks_seen() const;
};

/// The items and the modifiers behind them, to the end of the command.
std::optional<FetchRequest> parse_fetch_request(Cursor& cursor);

}  // namespace stagecoach::imap
