// What an IMAP session asks of its owner, and the values the owner answers with. The comment of each event
// names the member function of ServerSession that answers it; events without one are not answered. Folder
// names are UTF-8 with "/" between levels; the inbox is always "INBOX".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocols/imap/message_row.h"
#include "protocols/mime/date.h"
#include "routing/model/ids.h"
#include "routing/model/result.h"

namespace stagecoach::imap {

// ---- connection ----

/// Send these bytes. Neighbouring outputs are one event.
struct Output {
  std::string bytes;
};
/// The outputs before this one are large: call drained() when most of them have left the buffer.
struct WaitForDrain {};
/// Send what is to be sent in plain, drop input not yet handed over, shake hands, then call tls_started().
struct StartTls {};
/// Send what is to be sent, then close. Always the last event.
struct CloseConnection {};
/// What the client says of itself (RFC 2971), for the log: "name=Thunderbird version=128".
struct ClientIdentified {
  std::string text;
};

// ---- login ----

/// LOGIN, or a SASL mechanism that shows the password. Answer: authenticated().
struct Authenticate {
  std::string mechanism;      // "LOGIN" (the command), "PLAIN", "AUTH-LOGIN"
  std::string authorization;  // whom to act for; empty: the user itself
  std::string user;
  std::string password;
};
/// SCRAM-SHA-256: the stored verifier of the user. Answer: verifier().
struct WantScramVerifier {
  std::string user;
};
/// SCRAM-SHA-256: the client has proved that it knows the password. Answer: authenticated().
struct ScramSucceeded {
  std::string authorization;
  std::string user;
};
/// SCRAM-SHA-256: the proof was wrong; the session has answered already.
struct LoginFailed {
  std::string mechanism;
  std::string user;
};

// ---- folders ----

/// All folders of the user and all subscribed names. Answer: folders().
struct ListFolders {};
/// Answer: status().
struct FolderStatus {
  std::vector<std::string> names;
};
/// Answer: opened(). The folder opened before is closed already.
struct OpenFolder {
  std::string name;
  bool read_only = false;
};
/// No answer: the session has forgotten the folder; news() of it are no longer wanted.
struct CloseFolder {
  FolderId folder;
};
/// Answer: done(). Errors: conflict (exists already), limit_reached, unavailable. Missing parents are
/// created.
struct CreateFolder {
  std::string name;
  std::string special_use;
};  // "\\Sent" or empty
/// Answer: done(). Errors: not_found, conflict (has children). Deleting INBOX is refused by the session
/// itself.
struct DeleteFolder {
  std::string name;
};
/// Answer: done(). Children move along. Renaming INBOX moves its messages and leaves it empty.
struct RenameFolder {
  std::string from;
  std::string to;
};
/// Answer: done(). The name need not exist.
struct SubscribeFolder {
  std::string name;
  bool subscribed = true;
};

struct FolderInfo {
  std::string name;
  std::string
      special_use;  // "\\Sent", "\\Drafts", "\\Junk", "\\Trash", "\\Archive", "\\All", "\\Flagged" or empty
  bool exists = true;  // false: only subscribed
  bool selectable = true;
  bool subscribed = false;
};

struct FolderCounts {
  std::string name;
  std::uint32_t messages = 0, recent = 0, unseen = 0, deleted = 0;
  std::uint32_t uid_next = 1, uid_validity = 1;
  std::uint64_t size_bytes = 0, highest_modseq = 1;
};

struct FolderSnapshot {
  FolderId folder;
  std::uint32_t uid_validity = 1;
  std::uint32_t uid_next = 1;
  std::uint64_t highest_modseq = 1;
  bool read_only = false;        // no right to change it, or asked for so
  std::vector<MessageRow> rows;  // ordered by UID
  KeywordSets keywords;          // the sets that the rows refer to
};

// ---- messages ----

/// A slot for a costly command: FETCH that reads stored content, SEARCH that does. Answer: granted(). An
/// error's reason becomes the text of the NO: "Too many current FETCHes active".
enum class Work : std::uint8_t { fetch, search };
struct BeginWork {
  Work work;
};
/// The slot is free again. No answer. (When the connection breaks, the owner frees it itself.)
struct EndWork {
  Work work;
};

/// What LoadMessages wants of each message.
enum Want : std::uint8_t {
  want_envelope = 1,
  want_structure = 2,
  want_parts = 4,
  want_header = 8,  // bytes [0, end of the header section)
  want_whole = 16,  // all bytes
  want_range = 32,  // bytes [offset, offset + size_bytes), only with a single message
};

struct MessageRef {
  std::uint32_t uid = 0;
  ContentId content;
};

/// Answer: loaded(). Messages that are gone are left out of the answer.
struct LoadMessages {
  FolderId folder;
  std::uint8_t wants = 0;  // bits of Want
  std::vector<MessageRef> messages;
  std::uint64_t offset = 0;
  std::uint64_t size_bytes = 0;
};

struct LoadedMessage {
  std::uint32_t uid = 0;
  std::string envelope;   // as imap::envelope_text made it
  std::string structure;  // as imap::bodystructure_text made it
  std::string parts;      // as mime::serialize made it
  std::string bytes;      // the header section, all, or the range: as wanted
};

enum class StoreMode : std::uint8_t { replace, add, remove };

/// Answer: stored(). `replace` leaves \Recent alone.
struct StoreFlags {
  FolderId folder;
  std::vector<std::uint32_t> uids;
  StoreMode mode = StoreMode::replace;
  Flags flags;
  std::optional<std::uint64_t>
      unchanged_since;  // RFC 7162: messages with a larger modseq are left and reported
};

struct FlagChange {
  std::uint32_t uid = 0;
  Flags flags;
  std::uint64_t modseq = 1;
};

struct StoredFlags {
  std::vector<FlagChange> changed;      // the new flags of each message, also if they were so before
  std::vector<std::uint32_t> modified;  // left alone because of unchanged_since
  std::uint64_t highest_modseq = 0;     // 0: unknown
};

/// Answer: copied(). All or nothing. not_found: the target does not exist (TRYCREATE).
struct CopyMessages {
  FolderId folder;
  std::vector<std::uint32_t> uids;
  std::string target;
  bool move = false;
};

struct CopiedMessages {
  std::uint32_t uid_validity = 0;       // of the target; 0: no COPYUID is sent
  std::vector<std::uint32_t> from, to;  // UIDs, pairwise
  std::uint64_t highest_modseq = 0;     // of the source, after a move; 0: unknown
};

/// Remove those of these messages that carry \Deleted. Answer: expunged().
struct ExpungeMessages {
  FolderId folder;
  std::vector<std::uint32_t> uids;
};

struct ExpungedMessages {
  std::vector<std::uint32_t> uids;
  std::uint64_t highest_modseq = 0;  // 0: unknown
};

/// A message is about to come. Answer: append_ready(); not_found gives TRYCREATE. A date that is missing
/// means now.
struct AppendBegin {
  std::string folder;
  Flags flags;
  std::optional<mime::Date> internal_date;
  std::uint64_t size_bytes = 0;
};
/// The next bytes of it. The owner stops handing input over while it cannot take more.
struct AppendData {
  std::string bytes;
};
/// All bytes have come. Answer: appended().
struct AppendEnd {};
/// The client broke the command off: forget what came.
struct AppendAbort {};

struct AppendedMessage {
  std::uint32_t uid_validity = 0;  // 0: no APPENDUID is sent
  std::uint32_t uid = 0;
};

// ---- news ----

/// The client waits in IDLE: tell news() at once.
struct StartIdle {};
struct EndIdle {};

struct ArrivedMessage {
  MessageRow row;  // row.keywords is ignored
  std::vector<std::string> keywords;
};

/// What others, or this session itself, changed in a folder.
struct FolderNews {
  FolderId folder;
  std::vector<ArrivedMessage> arrived;  // ordered by UID
  std::vector<FlagChange> changed;
  std::vector<std::uint32_t> vanished;
  std::uint64_t highest_modseq = 0;  // 0: unknown
};

using Event = std::variant<Output, WaitForDrain, StartTls, CloseConnection, ClientIdentified, Authenticate,
                           WantScramVerifier, ScramSucceeded, LoginFailed, ListFolders, FolderStatus,
                           OpenFolder, CloseFolder, CreateFolder, DeleteFolder, RenameFolder, SubscribeFolder,
                           BeginWork, EndWork, LoadMessages, StoreFlags, CopyMessages, ExpungeMessages,
                           AppendBegin, AppendData, AppendEnd, AppendAbort, StartIdle, EndIdle>;
using Events = std::vector<Event>;

}  // namespace stagecoach::imap
