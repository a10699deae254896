// What actors say to each other: one struct a message; its comment says who gets it and what the answer
// means. What may cross a node (router, mailbox, queue, directory) serialises: its inspect() is in
// serialisation.h and a test sends each through CAF's serialiser. The rest never leaves its node and is
// marked so.
#pragma once

#include <caf/all.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "routing/model/arrival.h"
#include "routing/model/directory_entry.h"
#include "routing/model/mailbox.h"
#include "routing/model/plan.h"
#include "routing/model/result.h"

namespace stagecoach {

/// An Error that crosses actors, or none.
struct Outcome {
  bool ok = true;
  Error error;

  static Outcome failure(Error error) { return {false, std::move(error)}; }
  Result<void> result() const {
    if (ok) return {};
    return error;
  }
};

// ---- router ----

/// To the router: may this recipient be given? The same stages decide as for the whole message.
struct CheckRecipient {
  Origin origin;
  std::string reverse_path;
  EnvelopeRecipient recipient;
};
struct RecipientAnswer {
  bool accepted = false;
  Refusal refusal;
};

/// What a collector remembers of a remote message, committed with the message that it became or caused.
struct CollectedNote {
  std::string collector, uid, digest;
  std::string state = "fetched";  // routing/download/remote_message.h
  std::string subject, sender, recipients;
  std::int64_t message_date = 0;  // microseconds since 1970; 0: unknown
  std::string token;              // of the question that was asked; empty: none
};

/// What becomes of one recipient of a queued message.
struct QueueChange {
  std::string address;
  bool finished = false;  // delivered, returned or deleted: leaves the queue
  bool held = false;
  bool final_try = false;                       // the next attempt is the last one
  std::int64_t held_until = 0;                  // 0: no hold that ends by itself
  std::int64_t attempts = 0, next_attempt = 0;  // microseconds since 1970
  std::string last_reply;
  std::string new_address;  // redirected; empty: not
};
/// A line of a message's trace.
struct TraceNote {
  std::string event;   // "delivered", "deferred", "bounced", "held", …
  std::string detail;  // JSON
  std::vector<std::string> recipients;
};
/// A copy of a queued message for the INBOX of a local user.
struct QueuedCopy {
  UserId user;
  std::int64_t size_bytes = 0;
};
struct QueueUpdate {
  QueueId id;
  std::vector<QueueChange> changes;
  bool warned = false;
  std::optional<int> priority;
  std::vector<TraceNote> notes;
  std::optional<QueuedCopy> copy;
  std::vector<UserId> mirrors;  // whose copies in INBOX go with it
};

/// A step of a list's work, committed with the message that it sends.
struct ListStep {
  std::int64_t work = 0, position = 0;  // members that are done then
  bool finished = false;
  std::int64_t archive = 0;  // number of the list whose digests take the post; 0: none
};

/// To the router: a message we were offered. The answer comes after the commit, so our "250" is true.
struct RouteMessage {
  Arrival arrival;
  std::vector<QueueUpdate> updates;        // committed in the same transaction (a bounce and its cause)
  std::optional<CollectedNote> collected;  // the same
  std::optional<ListStep> list_step;       // the same
};
struct RouteResult {
  bool accepted = false;
  MessageId id;
  Refusal reply;                // when not accepted
  std::int64_t deliveries = 0;  // copies in local folders
  std::int64_t queued = 0;      // recipients in the outgoing queue
  bool no_recipient = false;    // of collected mail: nobody was found, the notices were sent
};

/// To the router: what would happen. Nothing is stored.
struct ExplainMessage {
  Arrival arrival;
};
struct Explanation {
  Plan plan;
};

// ---- mailboxes ----

/// To mailboxes and to the sessions that watch one: what changed in a folder, after the commit.
struct MailboxNews {
  UserId user;
  FolderId folder;
  std::int64_t modseq = 0;
  std::vector<StoredMessage> arrived;  // by UID
  std::vector<StoredMessage> changed;  // uid, flags, keywords, modseq count
  std::vector<std::int64_t> vanished;  // UIDs
  std::uint64_t cause = 0;             // session that made the change; 0: none
};
using WatcherActor = caf::typed_actor<caf::reacts_to<MailboxNews>>;

/// To a mailbox: tell this session everything from now on, until it ends. Refused beyond `sessions_max`.
struct WatchMailbox {
  WatcherActor watcher;
  std::int64_t sessions_max = 0;
};
/// To a mailbox: lock the maildrop for this POP3 session until it ends (RFC 1939). Refused when it is locked.
struct LockMaildrop {
  WatcherActor holder;
  bool exclusive = false;  // also refused while sessions watch the mailbox, and later ones are kept out
};
using MailboxActor =
    caf::typed_actor<caf::reacts_to<MailboxNews>, caf::replies_to<WatchMailbox>::with<Outcome>,
                     caf::replies_to<LockMaildrop>::with<Outcome>>;
/// To the mailboxes: the actor of this mailbox, which is started when there is none.
struct OpenMailbox {
  UserId user;
};
struct OpenedMailbox {
  MailboxActor mailbox;
};
/// To the mailboxes: a slot for a costly command of a session; the answer may take a while.
struct BeginWork {
  std::uint64_t session = 0;
  UserId user;
  bool search = false;
  int per_user_max = 0, server_max = 0;
};
struct EndWork {
  std::uint64_t session = 0;
  bool search = false;
};
using MailboxesActor =
    caf::typed_actor<caf::replies_to<OpenMailbox>::with<OpenedMailbox>, caf::reacts_to<MailboxNews>,
                     caf::replies_to<BeginWork>::with<Outcome>, caf::reacts_to<EndWork>>;

// ---- queue ----

/// To the queue: a message that has been committed into it.
struct MessageQueued {
  QueueId id;
  Envelope envelope;
  std::vector<QueueWay> ways;  // one a recipient; those that are missing are ordinary
  std::int64_t size_bytes = 0, transmit_offset = 0;
  std::int64_t queued_at = 0, held_until = 0, delete_at = 0;  // microseconds since 1970; 0: not, never
  int priority = 0;
  std::string peer_ip, auth_user, subject;
};
/// To the queue: the connection runs; everything that is due may be sent. The answer comes when nothing of it
/// is left under way.
struct RunSender {
  std::string connection;
};
struct SenderReport {
  std::int64_t delivered = 0, deferred = 0, failed = 0;
  bool connected = false;  // at least one TCP connection succeeded
  std::string last_result;
};
/// To the queue from a sending session: the next message for this destination.
struct NextDelivery {
  std::string destination;
};
struct DeliveryTask {
  QueueId id;  // none: nothing is left
  Envelope envelope;
  std::int64_t size_bytes = 0, transmit_offset = 0;
  QueueWay way;                 // of a single recipient with a copy of its own
  bool own = false;             // from a user who had logged in, or from the server itself: DKIM signs it
  bool lan = false;             // to a server of its own (QueueWay::route)
  bool maybe_repeated = false;  // the server ended without a clean stop while it waited
};
/// What became of one recipient at the remote server.
struct AttemptResult {
  enum class Kind : std::uint8_t { delivered, temporary, permanent, cancelled };  // nobody wants it any more
  std::string address;
  Kind kind = Kind::temporary;
  std::string status;            // "4.4.1"
  std::string reply;             // "450 4.2.1 try later", or words of ours
  std::string host;              // who replied; empty: decided here
  bool unknown = false;          // the connection broke after the final dot: the server may have accepted it
  bool reports_success = false;  // the server knows DSN and reports successes itself
  bool maybe_repeated = false;   // DeliveryTask::maybe_repeated
  std::string security;          // "TLSv1.3, DANE"; empty: in clear
};
/// To the queue from a sending session; the answer comes when this is committed.
struct AttemptFinished {
  QueueId id;
  std::string destination;
  std::vector<AttemptResult> results;
};
/// To the queue from a sending session: a server of the destination has accepted the connection.
struct SendingReached {
  std::string destination;
  // What this session may carry; -1: as the sender is set, 0: no limit.
  std::int64_t messages_max = -1, recipients_max = -1, message_recipients_max = -1;
};
/// To the queue from a sending session: it has ended. `failure`: no session came about; its reason holds for
/// everything that waits for the destination.
struct SendingEnded {
  std::string destination;
  bool connected = false;
  bool permanent = false;
  std::string failure;
};
/// Which recipients of queued messages: all that is given must hold. Search texts: queue_criteria.h.
struct QueueCriteria {
  enum class Held : std::uint8_t { any, no, yes };
  std::int64_t size_min_bytes = 0, size_max_bytes = 0;    // 0: any
  std::string subject, source_ip, auth_sender, to, from;  // search texts; empty: any
  Held held = Held::any;                                  // also by a hold that ends by itself
  bool lan_only = false;                                  // that go to a server of their own
  bool is_given() const {
    return size_min_bytes > 0 || size_max_bytes > 0 || held != Held::any || lan_only ||
           !(subject + source_ip + auth_sender + to + from).empty();
  }
};
/// To the queue: commands of administrators.
struct QueueCommand {
  /// "retry", "hold", "release", "redirect", "bounce", "delete", "priority", "final", "copy", "move"
  std::string action;
  std::vector<std::int64_t> ids;  // empty: all that match
  std::string filter;             // search text for sender or recipient
  std::string argument;           // new address; priority; reason; user; "off" of final
  QueueCriteria criteria;
  bool count_only = false;  // say only how many it would be
};
struct QueueCommandAnswer {
  Outcome outcome;
  std::int64_t messages = 0, recipients = 0;
};
struct ListQueue {
  std::int64_t id = 0;  // 0: all
  std::string filter;   // search text for sender or recipient
  QueueCriteria criteria;
};
/// One recipient that waits.
struct QueueEntry {
  QueueId id;
  std::string from, to, state;  // state: "waiting", "active", "held", "timed" (held until a time)
  std::int64_t queued_at = 0, next_attempt = 0, attempts = 0, size_bytes = 0, priority = 0;
  std::string last_reply, sender;
  std::string source_ip, auth_user, subject;
  std::string route;  // without its log-in
  std::int64_t held_until = 0, delete_at = 0;
  bool final_try = false;
};
struct QueueListing {
  Outcome outcome;
  std::vector<QueueEntry> entries;
};
/// To the queue: how many messages wait, and how large are they together?
struct CountQueue {};
struct QueueCount {
  std::int64_t messages = 0, size_bytes = 0;
  std::int64_t to_connections =
      0;  // messages that a connection may send: not held, not for LAN forwarding alone
};
using QueueActor =
    caf::typed_actor<caf::reacts_to<MessageQueued>, caf::replies_to<RunSender>::with<SenderReport>,
                     caf::replies_to<NextDelivery>::with<DeliveryTask>,
                     caf::replies_to<AttemptFinished>::with<Outcome>, caf::reacts_to<SendingReached>,
                     caf::reacts_to<SendingEnded>, caf::replies_to<QueueCommand>::with<QueueCommandAnswer>,
                     caf::replies_to<ListQueue>::with<QueueListing>,
                     caf::replies_to<CountQueue>::with<QueueCount>>;

using RouterActor = caf::typed_actor<caf::replies_to<CheckRecipient>::with<RecipientAnswer>,
                                     caf::replies_to<RouteMessage>::with<RouteResult>,
                                     caf::replies_to<ExplainMessage>::with<Explanation>>;

// ---- directory ----

enum class EntryKind : std::uint8_t { user, group, list, mapping };

/// A setting by its key path. In changes the value has the forms of conf::set_key: "+a" adds, "-a" removes.
struct EntrySetting {
  std::string key, value;
};

/// To the directory: what it has, declared entries included.
struct ListEntries {
  EntryKind kind = EntryKind::user;
  std::string name;               // of a mapping its number; empty: all
  std::vector<std::string> keys;  // settings that the answer has; "*": all that differ from the default
  bool members = false;           // of lists and groups
};
struct EntryView {
  std::int64_t id = 0;
  std::string name, where;         // where: "stagecoach.toml:41" or "database"
  bool active = true;              // users: may log in today
  std::vector<std::string> marks;  // users: "administrator", "autoresponder", "forward", "assistant"
  std::vector<EntrySetting> settings;
  std::string text;  // with the key "*": all of them as the configuration file would have them
  std::int64_t member_count = 0;
  std::vector<std::string> members;
};
struct EntryListing {
  Outcome outcome;
  std::vector<EntryView> entries;
  std::int64_t count_max = 0;  // of users; 0: no limit
};

/// A password for one program. `password` empty: it is removed.
struct AppPasswordChange {
  std::string name, password;
  std::int64_t protocols = 0;  // bits of ProtocolBit
  std::string expires_on;
};

/// A change of one entry of the database. Of a declared list its members in the database may change.
struct EntryChange {
  enum class Verb : std::uint8_t { add, set, remove };
  Verb verb = Verb::add;
  EntryKind kind = EntryKind::user;
  std::string name;  // of a mapping its number; a new mapping has none
  std::vector<EntrySetting> settings;
  // users
  std::string copy_from;                         // of a new user: whose settings he starts with
  std::string password, web_password;            // in clear; empty: unchanged
  std::string password_hash, web_password_hash;  // instead: stored forms, as an export has them
  std::vector<AppPasswordChange> app_passwords;
  // lists
  bool replace_members = false;  // members_added become the only ones
  std::vector<std::string> members_added, members_removed;
};

/// To the directory: changes of the database, in their order. The answer comes when they are in force.
struct ChangeDirectory {
  std::vector<EntryChange> changes;
  bool partial = false;  // do what can be done; else all or nothing
  bool dry_run = false;  // say only what would be wrong
  std::string by;        // the user who asks; empty: whoever may open the control socket
};
struct ChangeFault {
  std::int64_t index = 0;  // of ChangeDirectory::changes
  std::string reason;
};
struct DirectoryAnswer {
  Outcome outcome;  // with `partial` ok although there are faults
  std::int64_t changed = 0;
  std::vector<ChangeFault> faults;
};

/// To the directory: something else has changed its tables (a member was suspended): read what is newer.
struct RefreshDirectory {};

/// To the directory from the authenticator: a password that was kept in an old form was right; its new form.
struct PasswordUpgraded {
  UserId user;
  std::string before, password, scram;
};

using DirectoryActor = caf::typed_actor<caf::replies_to<ListEntries>::with<EntryListing>,
                                        caf::replies_to<ChangeDirectory>::with<DirectoryAnswer>,
                                        caf::reacts_to<RefreshDirectory>, caf::reacts_to<PasswordUpgraded>>;

// ---- authenticator ----

/// To the authenticator. `unavailable`: nobody knows, the client may try again.
/// With `apop_timestamp` the password is APOP's digest of it and the real one (RFC 1939 section 7).
struct CheckPassword {
  std::string user, password, protocol, peer_ip;
  std::string apop_timestamp;
};
struct FindVerifier {
  std::string user, protocol, peer_ip;
};
/// News for the account lock: a SCRAM log-in went wrong.
struct LoginFailedNote {
  std::string user, protocol, peer_ip;
};
struct LoginAnswer {
  enum class Kind : std::uint8_t { accepted, refused, unavailable };
  Kind kind = Kind::refused;
  std::string user;  // its name as the directory has it
  UserId id;
  std::string verifier;  // of FindVerifier: SCRAM text; empty: none
  std::string reason;    // for the log
};
/// To the authenticator: which addresses are locked out of which accounts.
struct FindLocks {
  std::string user;    // empty: all
  bool clear = false;  // and lift them
};
struct AccountLock {
  std::string user, address;
  std::int64_t until = 0;  // seconds since 1970
};
struct LockListing {
  std::vector<AccountLock> locks;
};
using AuthenticatorActor =
    caf::typed_actor<caf::replies_to<CheckPassword>::with<LoginAnswer>,
                     caf::replies_to<FindVerifier>::with<LoginAnswer>, caf::reacts_to<LoginFailedNote>,
                     caf::replies_to<FindLocks>::with<LockListing>>;

}  // namespace stagecoach
