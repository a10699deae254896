// Everything that changes mail, in groups: whatever waits becomes one transaction, so one flush serves many.
// A group is all or nothing; when it fails for a reason of its own making, each request is tried alone, so
// that one bad request never harms the others. Requests are values; only accept() may be repeated safely
// after a lost connection, because committed() tells which messages are there.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "routing/model/arrival.h"
#include "routing/model/mailbox.h"
#include "routing/model/plan.h"
#include "storage/pg.h"

namespace stagecoach::storage {

/// One copy of a message in a folder: the one with this number, else the one of this name, which is made when
/// the user has none.
struct NewCopy {
  UserId user;
  std::string folder = "INBOX";
  FolderId folder_id;
  std::uint8_t flags = 0;
  std::vector<std::string> keywords;
  std::int64_t internal_date = 0;  // seconds since 1970
};

struct TraceEntry {
  MessageId id;
  std::int64_t at = 0;  // microseconds since 1970
  std::string event, session, reverse_path;
  std::vector<std::string> recipients;
  std::string message_id;  // header field
  std::int64_t size_bytes = 0;
  std::string detail;  // JSON
};

struct QueuedMessage {
  Envelope envelope;                 // its recipients are those of the queue
  std::vector<std::string> senders;  // one a recipient, empty: any
  int priority = 0;
  std::int64_t queued_at = 0, next_attempt = 0;  // microseconds since 1970
};

/// What a collector remembers of a message it fetched, in the transaction that stores the message.
struct CollectedMark {
  std::string collector, uid, digest;
  std::int64_t at = 0;
};

/// A Plan to commit: copies, queue entry and trace of one message.
struct AcceptMessage {
  MessageId id;
  std::shared_ptr<const Content> content;  // none: nothing is kept but the trace
  std::vector<NewCopy> copies;
  std::optional<QueuedMessage> queued;
  std::optional<TraceEntry> trace;
  std::optional<CollectedMark> collected;
};

/// One piece of a large body on its way in; position ascends in steps of k_chunk_bytes.
struct UploadChunk {
  MessageId id;
  std::int64_t position = 0;
  std::string bytes;
};

struct ChangeFlags {
  enum class Mode : std::uint8_t { add, remove, replace };
  FolderId folder;
  std::vector<std::int64_t> uids;
  Mode mode = Mode::add;
  std::uint8_t flags = 0;
  std::vector<std::string> keywords;
  std::int64_t unchanged_since = -1;  // modification sequence; -1: unconditional
};

struct CopyMessages {
  FolderId from;
  std::vector<std::int64_t> uids;  // ascending
  FolderId to;
  bool keep_meta = true;  // flags and internal date
  bool move = false;
  std::int64_t now = 0;  // seconds since 1970, the internal date when meta is not kept
};

struct ExpungeMessages {
  FolderId folder;
  std::vector<std::int64_t> uids;
  bool only_deleted = false;  // those that carry \\Deleted
};

/// The end of an attempt for some recipients of a queued message, and what follows from it.
struct QueueOutcome {
  struct Recipient {
    std::string address;
    bool finished = false;  // delivered, bounced or deleted: leaves the queue
    bool held = false;
    std::int64_t attempts = 0, next_attempt = 0;
    std::string last_reply;
    std::optional<std::string> new_address;  // redirected
  };
  QueueId id;
  std::vector<Recipient> recipients;
  bool warned = false;
  std::optional<int> priority;
  std::vector<TraceEntry> traces;
};

using WriteRequest =
    std::variant<AcceptMessage, UploadChunk, ChangeFlags, CopyMessages, ExpungeMessages, QueueOutcome>;

/// Requests that are committed together or not at all.
using WriteUnit = std::vector<WriteRequest>;

/// A copy that has come into a folder: what sessions are told.
struct StoredCopy {
  UserId user;  // of AcceptMessage
  FolderId folder;
  StoredMessage message;
};
struct FlagsChanged {
  std::int64_t modseq = 0;
  std::vector<StoredMessage> changed;  // uid, flags, keywords, modseq
};
struct MessagesGone {
  FolderId folder;
  std::int64_t modseq = 0;
  std::vector<std::int64_t> uids;
};
struct WriteResult {
  std::vector<StoredCopy> stored;    // AcceptMessage in the order of its copies; CopyMessages by UID
  std::vector<std::int64_t> from;    // CopyMessages: the source UIDs that existed, ascending
  FlagsChanged flags;                // ChangeFlags
  std::optional<MessagesGone> gone;  // ExpungeMessages, CopyMessages with move
};

class MailWriter {
 public:
  using Answer = Result<std::vector<WriteResult>>;

  explicit MailWriter(Database database) : database_(std::move(database)) {}

  /// One answer a unit, with one result a request. When the connection was lost during the commit, all
  /// answers are errors and is_broken() says so; then nobody knows whether the group has happened.
  std::vector<Answer> commit(const std::vector<const WriteUnit*>& units);
  /// Which of these messages are stored: the ids of their traces or contents.
  Result<std::vector<std::int64_t>> committed(const std::vector<std::int64_t>& ids);
  /// The copies of these messages in the folders of these users: what the lost answer would have said.
  Result<std::vector<StoredCopy>> copies_of(const std::vector<std::int64_t>& ids,
                                            const std::vector<std::int64_t>& users);
  bool is_broken() const { return database_.is_broken(); }

 private:
  class Group;
  Result<FolderId> folder_of(const NewCopy& copy);
  Result<void> resolve(const WriteUnit& unit);
  std::vector<Answer> commit_group(const std::vector<const WriteUnit*>& units);

  Database database_;
  std::unordered_map<std::string, FolderId> folders_;  // "user number/name" -> folder
};

}  // namespace stagecoach::storage
