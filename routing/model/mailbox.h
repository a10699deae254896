// What a mailbox holds: folders and rows of messages, as storage gives them and sessions show them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routing/model/ids.h"

namespace stagecoach {

/// The system flags of RFC 3501 section 2.3.2, as bits. \Recent belongs to a session and is no stored flag.
enum MessageFlag : std::uint8_t {
  flag_seen = 1,
  flag_answered = 2,
  flag_flagged = 4,
  flag_deleted = 8,
  flag_draft = 16,
};

struct StoredMessage {
  std::uint32_t uid = 0;
  std::uint8_t flags = 0;             // bits of MessageFlag
  std::vector<std::string> keywords;  // "$Forwarded"
  ContentId content;
  std::int64_t size_bytes = 0;
  std::int64_t internal_date = 0;  // seconds since 1970
  std::int64_t modseq = 0;
  bool operator==(const StoredMessage&) const = default;
};

struct FolderInfo {
  FolderId id;
  std::string name;         // UTF-8, levels separated by '/'; "INBOX" in capitals
  std::string special_use;  // "\\Sent", or empty
  bool subscribed = false;
  bool operator==(const FolderInfo&) const = default;
};

struct FolderState {
  FolderId id;
  std::string name;
  std::uint32_t uidvalidity = 0;
  std::uint32_t uidnext = 1;
  std::int64_t modseq = 1;
  std::int64_t messages = 0;
  std::int64_t unseen = 0;
  std::int64_t deleted = 0;
  std::int64_t size_bytes = 0;
  bool operator==(const FolderState&) const = default;
};

/// A folder at one moment: everything up to modification sequence `state.modseq`. Rows ascend by UID.
struct FolderSnapshot {
  FolderState state;
  std::vector<StoredMessage> messages;
};

}  // namespace stagecoach
