// What a session remembers of each message of the selected folder: 40 bytes a row, ordered by UID.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/ids.h"

namespace stagecoach::imap {

/// System flags (RFC 3501 section 2.3.2) as bits.
enum Flag : std::uint8_t {
  flag_answered = 1,
  flag_flagged = 2,
  flag_deleted = 4,
  flag_seen = 8,
  flag_draft = 16,
  flag_recent =
      32,  // set by the owner for the one session that is told first; never stored or sent in events
};

/// The flags of one message; keywords as the first client wrote them, sorted without regard to case.
struct Flags {
  std::uint8_t system = 0;  // bits of Flag
  std::vector<std::string> keywords;
  bool operator==(const Flags&) const = default;
};

/// The distinct keyword sets of a folder; rows hold the index. Index 0 is the empty set.
class KeywordSets {
 public:
  std::uint32_t intern(const std::vector<std::string>& keywords);
  const std::vector<std::string>& at(std::uint32_t index) const {
    return sets_[index < sets_.size() ? index : 0];
  }
  /// Every keyword once: what the FLAGS response lists.
  std::vector<std::string> all() const;
  std::size_t size() const { return sets_.size(); }

 private:
  std::vector<std::vector<std::string>> sets_{{}};
};

struct MessageRow {
  ContentId content;
  std::int64_t internal_date = 0;  // seconds since 1970
  std::uint64_t modseq = 1;        // RFC 7162; never 0
  std::uint32_t uid = 0;
  std::uint32_t size_bytes = 0;
  std::uint32_t keywords = 0;  // index into KeywordSets
  std::uint8_t flags = 0;      // bits of Flag
};
static_assert(sizeof(MessageRow) <= 40);

}  // namespace stagecoach::imap
