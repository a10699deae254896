// The MIME structure of a message (RFC 2045, 2046), found while its bytes stream by in chunks of any size.
// Memory is bounded by StructureLimits, not by the message. Offsets are bytes from the start of the message.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/mime/envelope_fields.h"
#include "protocols/mime/header.h"

namespace stagecoach::mime {

/// One entity. A multipart's children are its parts; the one child of a message/rfc822 is the message in it,
/// whose header_offset is its parent's body_offset.
struct Part {
  std::string type = "text";  // lower case
  std::string subtype = "plain";
  std::vector<Parameter> parameters;
  std::string id, description, md5, location;  // unfolded field bodies
  std::string encoding = "7bit";               // lower case
  std::string disposition;                     // lower case; empty: no such field
  std::vector<Parameter> disposition_parameters;
  std::vector<std::string> languages;
  std::uint64_t header_offset = 0;
  std::uint64_t body_offset = 0;
  std::uint64_t body_end = 0;                      // the line end before a boundary belongs to the boundary
  std::uint64_t lines = 0;                         // line ends within the body
  std::shared_ptr<const EnvelopeFields> envelope;  // of the message in a message/rfc822, else null
  std::vector<Part> children;

  std::uint64_t size_bytes() const { return body_end - body_offset; }
  bool is_multipart() const { return type == "multipart"; }
  bool is_message() const { return envelope != nullptr; }
};

struct Structure {
  Part root;
  std::string header;       // the top header section with its empty line, cut at top_header_bytes_max
  EnvelopeFields envelope;  // of the top header section
  std::uint64_t size_bytes = 0;
};

struct StructureLimits {
  std::size_t top_header_bytes_max = 256 * 1024;
  std::size_t part_header_bytes_max = 64 * 1024;         // of one inner part
  std::size_t all_part_headers_bytes_max = 1024 * 1024;  // of all inner parts together
  std::size_t depth_max = 32;    // deeper multiparts and messages are opaque (application/octet-stream)
  std::size_t parts_max = 1000;  // no further parts are opened: the last one reaches to the end
};

/// Feed it the bytes in order, then call finish() once. A multipart in which no boundary was found is shown
/// as text/plain.
class StructureScanner {
 public:
  explicit StructureScanner(StructureLimits limits = {});
  ~StructureScanner();
  StructureScanner(StructureScanner&&) noexcept;
  StructureScanner& operator=(StructureScanner&&) noexcept;

  void feed(std::string_view bytes);
  Structure finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The structure of a message that is in memory as a whole.
Structure scan_structure(std::string_view message, StructureLimits limits = {});

}  // namespace stagecoach::mime
