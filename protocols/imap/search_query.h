// What a SEARCH command asks for (RFC 3501 section 6.4.4, ESEARCH RFC 4731, MODSEQ RFC 7162).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/imap/cursor.h"
#include "protocols/imap/options.h"
#include "protocols/imap/sequence_set.h"

namespace stagecoach::imap {

struct SearchKey {
  enum class Kind : std::uint8_t {
    all,
    sequence,
    uid,  // numbers
    flags_set,
    flags_unset,  // flags
    keyword,
    unkeyword,  // text
    before,
    on,
    since,  // day, of the internal date
    sent_before,
    sent_on,
    sent_since,  // day, of the Date field
    larger,
    smaller,
    modseq,  // number
    header,  // field, text
    body,
    text,  // text
    both,
    either,
    none,  // children: AND, OR, NOT
  };

  Kind kind = Kind::all;
  std::uint8_t flags = 0;
  std::uint64_t number = 0;
  std::chrono::sys_days day{};
  std::string field;
  std::string text;  // folded (mime::fold_case) for header, body and text
  SequenceSet numbers;
  std::vector<SequenceSet::Range> ranges;  // numbers, resolved when the search begins
  std::vector<SearchKey> children;
};

/// RETURN (…) of RFC 4731.
struct SearchReturn {
  bool extended = false;  // an ESEARCH response is wanted
  bool min = false, max = false, all = false, count = false;
};

struct SearchQuery {
  SearchReturn result;
  SearchKey root;  // Kind::both
  bool uses_modseq = false;
};

struct SearchProblem {
  bool bad_charset = false;  // NO [BADCHARSET]; else BAD
};

/// From behind "SEARCH " to the end of the command. On failure `problem` says why.
std::optional<SearchQuery> parse_search(Cursor& cursor, const Limits& limits, SearchProblem& problem);

/// Replaces "*" in the sets.
void resolve(SearchKey& key, std::uint32_t largest_sequence, std::uint32_t largest_uid);

}  // namespace stagecoach::imap
