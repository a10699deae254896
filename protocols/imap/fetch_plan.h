// How the FETCH answer of one message is put together: texts, and ranges of the stored message that go out as
// they are, so that a large message is never in memory as a whole.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocols/imap/content_pieces.h"
#include "protocols/imap/events.h"
#include "protocols/imap/fetch_request.h"

namespace stagecoach::imap {

/// Bits of Want for this request; `streamed`: the message is too large to be loaded as a whole.
std::uint8_t wants_of(const FetchRequest& request, bool streamed);
/// Whether the request reads more of the message than its header.
bool reads_body(const FetchRequest& request);

struct FetchInput {
  const FetchRequest& request;
  const MessageRow& row;
  const std::vector<std::string>& keywords;
  std::uint32_t sequence = 0;
  bool flags = false;  // also if not asked for: \Seen has just been set
  const LoadedMessage& loaded;
  const mime::PartIndex& parts;  // empty if not loaded
  const ContentPieces& pieces;
  std::uint64_t header_bytes = 0;  // of the top header section, if parts are not loaded
  std::uint64_t size_bytes = 0;    // of the message
};

struct FetchPlan {
  struct Segment {
    std::string text;   // comes first
    mime::Range range;  // then these bytes of the message
  };
  std::vector<Segment> segments;
  /// A header inside of the message has to be loaded first; then plan again.
  std::optional<mime::Range> needs;
};

/// The lines "* 12 FETCH (…)" with CR LF.
FetchPlan plan_fetch(const FetchInput& input);

/// The fields of a header section that a HEADER.FIELDS section selects, with the empty line behind them.
std::string filter_header(std::string_view header, const FetchSection& section);

}  // namespace stagecoach::imap
