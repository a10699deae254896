// Where the parts of a stored message are, as compact text that is stored with it, so that IMAP's
// BODY[1.2.MIME] is a range of bytes without parsing the message again (RFC 3501 section 6.4.5).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/mime/structure.h"
#include "routing/model/result.h"

namespace stagecoach::mime {

struct Range {
  std::uint64_t offset = 0;
  std::uint64_t size_bytes = 0;
  bool operator==(const Range&) const = default;
};

struct PartIndex {
  enum class Kind : std::uint8_t { text, other, multipart, message };

  struct Node {
    Kind kind = Kind::other;
    Range header;  // with its empty line
    Range body;
    char encoding = '7';     // 'b' base64, 'q' quoted-printable, '7' neither
    std::string charset;     // of text, lower case; mostly empty
    std::uint32_t next = 0;  // index of the node behind this one's descendants
  };
  std::vector<Node> nodes;  // depth first; nodes[0] is the message itself. Never empty after parsing.
};

/// A line of text without line end, made to be stored: "m0.120.4000.0;t120.40.312.0q,utf-8;…"
std::string serialize(const Structure& structure);
/// An error means that the stored text is damaged.
Result<PartIndex> parse_part_index(std::string_view text);

enum class SectionKind : std::uint8_t {
  body,    // [] or [1.2]
  header,  // [HEADER] or [1.2.HEADER]: of the message, or of a part that is a message
  text,    // [TEXT] or [1.2.TEXT]
  mime,    // [1.2.MIME]
};
/// Part numbers count from 1; an empty path is the message itself. Nothing: there is no such part.
std::optional<Range> locate(const PartIndex& index, std::span<const std::uint32_t> path, SectionKind kind);

}  // namespace stagecoach::mime
