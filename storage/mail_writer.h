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
  bool fixed_folder = false;       // a folder that has to be made is fixed (folder_rights.h)
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
  Envelope envelope;           // its recipients are those of the queue
  std::vector<QueueWay> ways;  // one a recipient; those that are missing are ordinary
  int priority = 0;
  std::int64_t queued_at = 0, next_attempt = 0;  // microseconds since 1970, as all times here
  std::int64_t held_until = 0;                   // not sent before; 0: at once
  std::int64_t delete_at = 0;                    // returned when it is unsent by then; 0: never
  std::string peer_ip, auth_user, subject;       // what administrators look for
};

/// Work that a list has with the message, kept until FinishListWork.
struct NewListWork {
  ListWork::Kind kind = ListWork::Kind::post;
  std::string list, recipient;
};

/// The next part of a list's work is done: the first `position` members have the message, or all of it.
struct ListWorkDone {
  std::int64_t id = 0;
  MessageId message;
  bool finished = false;
  std::int64_t position = 0;
  std::optional<ListId> archive;  // when finished: keep the message for the digests of this list
  std::int64_t at = 0;            // of the archive, microseconds since 1970
};

/// An automatic answer was sent.
struct LogAutoresponse {
  UserId user;
  std::string definition, sender, rule;
  std::int64_t at = 0;
};

/// A rule of a user's automatic answers has matched.
struct CountMatch {
  UserId user;
  std::string rule;
};

/// What a collector remembers of a remote message, in the transaction that stores what it became or caused.
struct CollectedMark {
  std::string collector, uid, digest;
  std::int64_t at = 0;
  std::string state = "fetched";  // routing/download/remote_message.h
  std::string subject, sender, recipients;
  std::int64_t message_date = 0;  // microseconds since 1970; 0: unknown
  std::string token;              // of the question that was asked; empty: none
};

/// A Plan to commit: copies, queue entry and trace of one message.
struct AcceptMessage {
  MessageId id;
  std::shared_ptr<const Content> content;  // none: nothing is kept but the trace
  std::vector<NewCopy> copies;
  std::optional<QueuedMessage> queued;
  std::optional<TraceEntry> trace;
  std::optional<CollectedMark> collected;
  std::vector<NewListWork> list_work;
  std::vector<std::string> download_answers;  // tokens of questions that it answers
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
  UserId to_user;        // whose folder `to` is, when it is not the one who acts
};

/// Into the recycle bin, when there is one (keep_deleted).
struct ExpungeMessages {
  FolderId folder;
  std::vector<std::int64_t> uids;
  bool only_deleted = false;  // those that carry \\Deleted
};

/// Brings the messages of a folder back from the recycle bin, without \\Deleted.
struct RestoreMessages {
  FolderId folder;
  std::int64_t since = 0;                // seconds since 1970: those deleted then or later
  bool unread = false, flagged = false;  // what becomes of their flags
};

/// The end of an attempt for some recipients of a queued message, and what follows from it.
struct QueueOutcome {
  struct Recipient {
    std::string address;
    bool finished = false;  // delivered, bounced or deleted: leaves the queue
    bool held = false, final_try = false;
    std::int64_t held_until = 0;
    std::int64_t attempts = 0, next_attempt = 0;
    std::string last_reply;
    std::optional<std::string> new_address;  // redirected, without its route
  };
  /// A copy for the INBOX of a local user.
  struct Copy {
    UserId user;
    std::int64_t size_bytes = 0, internal_date = 0;  // seconds since 1970
  };
  QueueId id;
  std::vector<Recipient> recipients;
  bool warned = false;
  std::optional<int> priority;
  std::vector<TraceEntry> traces;
  std::optional<Copy> copy;
  /// Users whose copy in INBOX goes with the recipients that were delivered (QueueWay::mirror).
  std::vector<UserId> mirrors;
};

using WriteRequest = std::variant<AcceptMessage, UploadChunk, ChangeFlags, CopyMessages, ExpungeMessages,
                                  RestoreMessages, QueueOutcome, ListWorkDone, LogAutoresponse, CountMatch>;

/// Requests that are committed together or not at all.
using WriteUnit = std::vector<WriteRequest>;

/// A copy that has come into a folder: what sessions are told.
struct StoredCopy {
  UserId user;  // of AcceptMessage and QueueOutcome
  FolderId folder;
  StoredMessage message;
};
struct FlagsChanged {
  std::int64_t modseq = 0;
  std::vector<StoredMessage> changed;  // uid, flags, keywords, modseq, content
};
struct MessagesGone {
  UserId user;  // of QueueOutcome
  FolderId folder;
  std::int64_t modseq = 0;
  std::vector<std::int64_t> uids;
};
struct WriteResult {
  /// AcceptMessage in the order of its copies; CopyMessages and RestoreMessages by UID; QueueOutcome's copy
  std::vector<StoredCopy> stored;
  std::vector<std::int64_t> from;       // CopyMessages: the source UIDs that existed, ascending
  FlagsChanged flags;                   // ChangeFlags
  std::vector<MessagesGone> gone;       // ExpungeMessages, CopyMessages with move, QueueOutcome
  std::vector<std::int64_t> list_work;  // AcceptMessage: the numbers of its list_work, in their order
};

class MailWriter {
 public:
  using Answer = Result<std::vector<WriteResult>>;

  explicit MailWriter(Database database) : database_(std::move(database)) {}
  static Result<MailWriter> connect(const std::string& conninfo);

  /// From now on expunged messages go to the recycle bin with this time of deletion (seconds since 1970);
  /// 0: they are gone at once.
  void keep_deleted(std::int64_t now) { deleted_at_ = now; }

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
  Result<FolderId> folder_of(UserId user, const std::string& name, std::int64_t now, bool fixed);
  Result<void> resolve(const WriteUnit& unit);
  std::vector<Answer> commit_group(const std::vector<const WriteUnit*>& units);

  Database database_;
  std::int64_t deleted_at_ = 0;
  std::unordered_map<std::string, FolderId> folders_;  // "user number/name" -> folder
};

}  // namespace stagecoach::storage
