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

/// What a collector remembers of a message, committed with it.
struct CollectedNote {
  std::string collector, uid, digest;
};

/// What becomes of one recipient of a queued message.
struct QueueChange {
  std::string address;
  bool finished = false;  // delivered, returned or deleted: leaves the queue
  bool held = false;
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
struct QueueUpdate {
  QueueId id;
  std::vector<QueueChange> changes;
  bool warned = false;
  std::optional<int> priority;
  std::vector<TraceNote> notes;
};

/// To the router: a message we were offered. The answer comes after the commit, so our "250" is true.
struct RouteMessage {
  Arrival arrival;
  std::vector<QueueUpdate> updates;        // committed in the same transaction (a bounce and its cause)
  std::optional<CollectedNote> collected;  // the same
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
  std::vector<std::string> senders;  // one a recipient; empty: any
  std::int64_t size_bytes = 0, transmit_offset = 0, queued_at = 0;
  int priority = 0;
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
};
/// What became of one recipient at the remote server.
struct AttemptResult {
  enum class Kind : std::uint8_t { delivered, temporary, permanent };
  std::string address;
  Kind kind = Kind::temporary;
  std::string status;            // "4.4.1"
  std::string reply;             // "450 4.2.1 try later", or words of ours
  std::string host;              // who replied; empty: decided here
  bool unknown = false;          // the connection broke after the final dot: the server may have accepted it
  bool reports_success = false;  // the server knows DSN and reports successes itself
};
/// To the queue from a sending session; the answer comes when this is committed.
struct AttemptFinished {
  QueueId id;
  std::string destination;
  std::vector<AttemptResult> results;
};
/// To the queue from a sending session: it has ended. `failure`: no session came about; its reason holds for
/// everything that waits for the destination.
struct SendingEnded {
  std::string destination;
  bool connected = false;
  bool permanent = false;
  std::string failure;
};
/// To the queue: commands of administrators.
struct QueueCommand {
  std::string action;             // "retry", "hold", "release", "redirect", "bounce", "delete", "priority"
  std::vector<std::int64_t> ids;  // empty: all that match `filter`
  std::string filter;             // address or domain, empty: none
  std::string argument;           // new address; priority
};
struct QueueCommandAnswer {
  Outcome outcome;
  std::int64_t messages = 0;
};
struct ListQueue {
  std::int64_t id = 0;  // 0: all
  std::string filter;
};
/// One recipient that waits.
struct QueueEntry {
  QueueId id;
  std::string from, to, state;  // state: "waiting", "active", "held"
  std::int64_t queued_at = 0, next_attempt = 0, attempts = 0, size_bytes = 0, priority = 0;
  std::string last_reply, sender;
};
struct QueueListing {
  std::vector<QueueEntry> entries;
};
using QueueActor =
    caf::typed_actor<caf::reacts_to<MessageQueued>, caf::replies_to<RunSender>::with<SenderReport>,
                     caf::replies_to<NextDelivery>::with<DeliveryTask>,
                     caf::replies_to<AttemptFinished>::with<Outcome>, caf::reacts_to<SendingEnded>,
                     caf::replies_to<QueueCommand>::with<QueueCommandAnswer>,
                     caf::replies_to<ListQueue>::with<QueueListing>>;

using RouterActor = caf::typed_actor<caf::replies_to<CheckRecipient>::with<RecipientAnswer>,
                                     caf::replies_to<RouteMessage>::with<RouteResult>,
                                     caf::replies_to<ExplainMessage>::with<Explanation>>;

// ---- directory ----

struct ListUsers {
  std::string filter;  // part of the name; empty: all
};
struct UserListing {
  std::vector<User> users;  // passwords left out
};
/// To the directory: create, change or delete a user of the database. `password` empty: unchanged.
struct ChangeUser {
  enum class Kind : std::uint8_t { add, set, remove };
  Kind kind = Kind::add;
  User user;
  std::string password;
  std::vector<std::string> fields;  // of set: which members of `user` count ("full_name", "enabled", …)
};
using DirectoryActor = caf::typed_actor<caf::replies_to<ListUsers>::with<UserListing>,
                                        caf::replies_to<ChangeUser>::with<Outcome>>;

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
using AuthenticatorActor =
    caf::typed_actor<caf::replies_to<CheckPassword>::with<LoginAnswer>,
                     caf::replies_to<FindVerifier>::with<LoginAnswer>, caf::reacts_to<LoginFailedNote>>;

}  // namespace stagecoach
