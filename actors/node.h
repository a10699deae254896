// What the actors of one node share: the handles of the central actors, the configuration in force, counters,
// log, message numbers, reactors. Handles and configuration are replaced as a whole (a supervisor has
// restarted an actor, a reload has happened): take them anew for each request.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "actors/counters.h"
#include "actors/dkim_keys.h"
#include "actors/ended_sessions.h"
#include "actors/lan_state.h"
#include "actors/local_messages.h"
#include "actors/log.h"
#include "actors/login_book.h"
#include "actors/mailbox_usage.h"
#include "actors/reactor.h"
#include "actors/recent_contents.h"
#include "actors/tls_results.h"
#include "routing/lua/script.h"

namespace stagecoach {

/// Numbers of messages: run * 2^32 + n. The run is a number from the database that no other start has, so a
/// number is never given twice, by any node.
class MessageNumbers {
 public:
  void begin(std::int64_t run) { next_ = run << 32; }
  MessageId take() { return MessageId{++next_}; }
  std::int64_t run() const { return next_ >> 32; }

 private:
  std::atomic<std::int64_t> next_{0};
};

struct Handles {
  RouterActor router;
  AuthenticatorActor authenticator;
  MailboxesActor mailboxes;
  QueueActor queue;
  DirectoryActor directory;
  DatabaseActor database;
  WriterActor writer;
  WriterActor outcomes;     // a writer of its own for what sending has come to: it never holds arrivals up
  caf::actor connections;   // a ConnectionsActor (connections.h)
  caf::actor lists;         // a ListsActor (lists.h)
  caf::actor tokens;        // a TokensActor (tokens.h)
  caf::actor tls_policies;  // a TlsPoliciesActor (tls_policies.h)
};

class Node {
 public:
  Log log;
  Counters counters;
  MessageNumbers numbers;
  LoginBook logins;
  EndedSessions ended_sessions;
  RecentContents recent;  // what was queued a moment ago
  LanState lan;
  TlsResults tls_results;
  std::string probe_secret;     // makes up SCRAM verifiers of users who do not exist
  std::string unsubscribe_key;  // signs the links of unsubscribe.h; set before the first actor starts
  std::string bounce_key;       // makes return paths of SRS and BATV; set at the same time
  std::int64_t unclean_end =
      0;  // found at the start: what was queued before may have been sent (microseconds since 1970); 0: no
  std::atomic<bool> disk_low{false};       // less free space than limits.disk_free_min: no new mail
  std::atomic<bool> database_away{false};  // the writer cannot reach it
  /// Nothing is started by the clock, and nothing sent immediately. As the configuration says, or a command.
  std::atomic<bool> schedule_paused{false};
  std::chrono::system_clock::time_point started = std::chrono::system_clock::now();

  std::shared_ptr<const Handles> handles() const { return handles_.load(); }
  void set_handles(Handles handles) { handles_ = std::make_shared<const Handles>(std::move(handles)); }
  ConfigPtr config() const { return config_.load(); }
  void set_config(ConfigPtr config) {
    if (const bool paused = config->schedule_options.paused;
        paused != this->config()->schedule_options.paused)
      schedule_paused = paused;
    config_ = std::move(config);
  }

  /// How full mailboxes are; never null.
  std::shared_ptr<const MailboxUsage> usage() const { return usage_.load(); }
  void set_usage(MailboxUsage usage) { usage_ = std::make_shared<const MailboxUsage>(std::move(usage)); }
  /// When what is deleted now is said to have been (seconds since 1970), for the recycle bin; 0: there is
  /// none.
  std::int64_t deletion_time() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return config()->policy.prune.recycle_bin_hours > 0
               ? std::chrono::duration_cast<std::chrono::seconds>(now).count()
               : 0;
  }
  /// The snapshot in force; null before the first one.
  DirectoryPtr directory() const { return directory_.load(); }
  void set_directory(DirectoryPtr directory) { directory_ = std::move(directory); }

  /// The scripts in force; never null.
  routing::ScriptSetPtr scripts() const { return scripts_.load(); }
  void set_scripts(routing::ScriptSetPtr scripts) { scripts_ = std::move(scripts); }

  /// The keys of [[dkim]] in force; never null.
  DkimKeysPtr dkim_keys() const { return dkim_keys_.load(); }
  void set_dkim_keys(DkimKeysPtr keys) { dkim_keys_ = std::move(keys); }

  /// A new session's number for the log: "s17".
  std::string next_session(char kind) { return kind + std::to_string(++sessions_); }
  std::uint64_t next_cause() { return ++causes_; }

  std::vector<std::unique_ptr<Reactor>>& reactors() { return reactors_; }
  /// One after the other.
  Reactor& next_reactor() { return *reactors_[next_reactor_++ % reactors_.size()]; }

 private:
  std::atomic<std::shared_ptr<const Handles>> handles_{std::make_shared<const Handles>()};
  std::atomic<ConfigPtr> config_{std::make_shared<const conf::Config>()};
  std::atomic<std::shared_ptr<const MailboxUsage>> usage_{std::make_shared<const MailboxUsage>()};
  std::atomic<DirectoryPtr> directory_;
  std::atomic<routing::ScriptSetPtr> scripts_{std::make_shared<const routing::ScriptSet>()};
  std::atomic<DkimKeysPtr> dkim_keys_{std::make_shared<const DkimKeys>()};
  std::atomic<std::uint64_t> sessions_{0}, causes_{0};
  std::atomic<std::size_t> next_reactor_{0};
  std::vector<std::unique_ptr<Reactor>> reactors_;
};

inline Time current_time() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}
inline std::int64_t microseconds(Time time) { return time.time_since_epoch().count(); }
inline std::int64_t now_microseconds() { return microseconds(current_time()); }
inline std::int64_t now_seconds() { return now_microseconds() / 1000000; }

/// Random bytes of the operating system.
std::string random_bytes(std::size_t count);

}  // namespace stagecoach
