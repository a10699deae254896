// What waits in the outgoing queue, in memory: which recipients are due for which destination, in which
// order, and what an attempt's outcome means. Pure: no actor, clock or database; times are microseconds since
// 1970.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/destinations.h"
#include "actors/messages.h"
#include "actors/sender_rules.h"
#include "conf/sender_settings.h"
#include "storage/queue_repository.h"

namespace stagecoach {

class QueueState {
 public:
  struct Waiting {
    EnvelopeRecipient recipient;
    QueueWay way;             // its connection, server, list; what its copy stands for
    std::string destination;  // where it is ready for; empty: it is not
    bool held = false;        // until an administrator releases it
    bool active = false;      // a session, or a change that is being stored, has it
    bool final_try = false;   // the next attempt is the last one
    std::int64_t held_until = 0;
    std::int64_t attempts = 0, next_attempt = 0;
    std::string last_reply;
  };
  struct Item {
    QueueId id;
    Envelope envelope;  // recipients are in `recipients`
    std::int64_t size_bytes = 0, transmit_offset = 0, queued_at = 0, delete_at = 0;
    int priority = 0;
    bool warned = false;
    std::string source_ip, auth_user, subject;
    bool own = false;                 // DeliveryTask::own
    std::vector<Waiting> recipients;  // by address
  };

  /// What each sender takes, and how long a message waits. Without it nobody is told that a message waits.
  void configure(const std::vector<conf::SenderSettings>& senders);
  /// The server has begun to send: what had its time before gets some more.
  void began(std::int64_t now) { began_ = now; }

  void add(const storage::QueuedItem& stored);
  void add(const MessageQueued& queued);
  const Item* find(QueueId id) const;
  std::size_t size() const { return items_.size(); }
  /// Messages with a recipient who is not held and needs a connection.
  std::int64_t to_connections(std::int64_t now) const;
  std::int64_t size_bytes() const { return size_bytes_; }  // of all messages together

  /// The places that messages go to. What is left alone gets nothing ready.
  Destinations& destinations() { return destinations_; }
  /// What each sender takes, and how fast.
  SenderRules& rules() { return rules_; }

  /// Makes the due recipients of this message ready for this sender; gives the destinations they are for.
  std::set<std::string> make_ready(QueueId id, const conf::SenderSettings& sender, std::int64_t now);
  /// The same for everything that waits.
  std::set<std::string> make_all_ready(const conf::SenderSettings& sender, std::int64_t now);
  /// The same for what goes to a server of its own: the route of each destination.
  std::map<std::string, std::string> make_routed_ready(QueueId id, std::int64_t now);
  std::map<std::string, std::string> make_all_routed_ready(std::int64_t now);
  std::size_t ready(const std::string& destination) const;
  bool is_busy(const std::string& connection) const;  // something is ready or active for it

  /// Takes the first ready message of a destination: its recipients become active, at most `recipients_max`
  /// of them (0: all); the others stay ready. A recipient whose copy is his alone comes alone. None: `id` is
  /// empty.
  DeliveryTask take(const std::string& destination, std::size_t recipients_max = 0);

  /// A destination has failed as a whole. The first `attempts_max` messages that are ready for it, and all
  /// whose time is over or whose sender has to be told, are taken as if they had been tried; the others wait
  /// again, unchanged.
  std::vector<DeliveryTask> take_failed(const std::string& destination, const conf::SenderSettings& sender,
                                        std::int64_t now, std::size_t attempts_max);

  /// What follows from an attempt: the update to commit, and the recipients to report to the sender of the
  /// message (with the action as in RFC 3464). Nothing has changed yet: apply() does it after the commit.
  struct Verdict {
    QueueUpdate update;
    struct Report {
      EnvelopeRecipient recipient;
      AttemptResult result;
      enum class Kind { failed, delayed, relayed } kind = Kind::failed;
      std::int64_t retry_until = 0;
    };
    std::vector<Report> reports;
    std::int64_t delivered = 0, deferred = 0, failed = 0;
    std::vector<std::string> delivered_to;  // addresses
    bool again = false;                     // what is left may be sent at once
  };
  Verdict judge(QueueId id, const std::vector<AttemptResult>& results, const conf::SenderSettings& sender,
                std::int64_t now) const;
  /// What has waited too long without an attempt that would say so: its sender is told that it waits, or it
  /// fails. A message that is to be deleted fails held or not. Nothing: no time has come.
  std::optional<Verdict> give_up(QueueId id, std::int64_t now) const;

  /// Until apply() nobody takes the recipients that the update changes.
  void set_aside(const QueueUpdate& update);
  void apply(const QueueUpdate& update);
  /// Recipients of this message that are active for this destination wait again, as if nothing had happened.
  void release_active(QueueId id, const std::string& destination);
  /// Nothing is ready any more, as far as no session has it.
  void forget_ready();

  /// When something happens by itself: a hold ends, a message has waited too long, a server is tried again.
  std::optional<std::int64_t> next_wake() const;
  /// The messages that it happens to by now; each moment is told once.
  std::set<std::int64_t> take_woken(std::int64_t now);

  /// `invalid_input`: a search text is wrong.
  Result<std::vector<QueueEntry>> list(const ListQueue& wanted, std::int64_t now = 0) const;
  /// The update that a command of an administrator asks for, one a message that it concerns.
  Result<std::vector<QueueUpdate>> command(const QueueCommand& command, std::int64_t now) const;
  /// That update with the reports it causes: "bounce" returns the message.
  Verdict verdict_of(const QueueCommand& command, QueueUpdate update) const;

 private:
  /// Priority, worse by one for each failed try, then what the sender's order says, then age.
  using Rank = std::tuple<int, std::int64_t, std::int64_t>;
  struct Patience {
    std::int64_t warning = 0, end = 0;  // after so many microseconds; warning 0: never
  };
  struct Times {
    std::int64_t warning = INT64_MAX, end = INT64_MAX;
  };
  void add(Item item);
  Rank rank_of(const Item& item, const conf::SenderSettings& sender) const;
  void forget_ready(Item& item, Waiting& waiting);
  void make_ready(Item& item, Waiting& waiting, std::string destination, const conf::SenderSettings& sender);
  /// By the clock alone: when its sender is told, and when it fails.
  Times times_of(const Item& item, const Waiting& waiting) const;
  std::int64_t time_of_look(const Item& item) const;
  static void fail(Verdict& verdict, const Waiting& waiting, std::string reply);
  static void warn(Verdict& verdict, const Waiting& waiting, std::int64_t end);
  void note_wakes(const Item& item);
  void forget_wakes(const Item& item);

  Destinations destinations_;
  SenderRules rules_;
  std::map<std::string, Patience> patience_;  // by connection; "": of what any sender may take
  std::int64_t began_ = 0;
  std::int64_t next_look_ = INT64_MAX;  // when the first message has waited too long
  std::map<std::int64_t, Item> items_;  // by id: oldest first
  std::int64_t size_bytes_ = 0;         // the sum of their sizes
  std::unordered_map<std::string, std::set<std::pair<Rank, std::int64_t>>> ready_;
  std::unordered_map<std::string, std::int64_t> active_;   // messages under way, by destination
  std::set<std::pair<std::int64_t, std::int64_t>> wakes_;  // time, id
};

}  // namespace stagecoach
