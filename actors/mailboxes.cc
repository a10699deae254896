#include "actors/mailboxes.h"

#include "actors/serialisation.h"
#include "actors/work_slots.h"

namespace stagecoach {

namespace {

class Mailbox : public MailboxActor::base {
 public:
  Mailbox(caf::actor_config& config, Node&) : MailboxActor::base(config) {
    set_down_handler([this](const caf::down_msg& down) { session_ended(down.source); });
  }

  behavior_type make_behavior() override {
    return {[this](const MailboxNews& news) {
              for (const WatcherActor& watcher : watchers_) send(watcher, news);
            },
            [this](const WatchMailbox& watch) {
              if (exclusive_) return Outcome::failure(conflict("Mailbox Locked"));
              if (watch.sessions_max > 0 && static_cast<std::int64_t>(watchers_.size()) >= watch.sessions_max)
                return Outcome::failure(limit_reached("Too many logins for this user"));
              watchers_.push_back(watch.watcher);
              monitor(watch.watcher);
              return Outcome{};
            },
            [this](const LockMaildrop& lock) {
              if (holder_ && holder_ != lock.holder.address())
                return Outcome::failure(conflict("another POP3 session has this mailbox open"));
              if (lock.exclusive && !watchers_.empty())
                return Outcome::failure(conflict("IMAP sessions have this mailbox open"));
              holder_ = lock.holder.address();
              exclusive_ = lock.exclusive;
              monitor(lock.holder);
              return Outcome{};
            }};
  }
  void on_exit() override { watchers_.clear(); }
  const char* name() const override { return "mailbox"; }

 private:
  void session_ended(const caf::actor_addr& session) {
    std::erase_if(watchers_, [&](const WatcherActor& watcher) { return watcher.address() == session; });
    if (holder_ != session) return;
    holder_ = {};
    exclusive_ = false;
  }

  std::vector<WatcherActor> watchers_;
  caf::actor_addr holder_;
  bool exclusive_ = false;  // the holder wants no watchers beside him
};

using PrivateMailboxesActor = MailboxesActor::extend<caf::reacts_to<caf::tick_atom>>;

class Mailboxes : public PrivateMailboxesActor::base {
 public:
  Mailboxes(caf::actor_config& config, Node& node) : PrivateMailboxesActor::base(config), node_(node) {}

  behavior_type make_behavior() override {
    return {[this](const OpenMailbox& open) {
              MailboxActor& mailbox = mailboxes_[open.user];
              if (!mailbox) mailbox = spawn<Mailbox, caf::linked>(std::ref(node_));
              return OpenedMailbox{mailbox};
            },
            [this](MailboxNews& news) {
              if (const auto open = mailboxes_.find(news.user); open != mailboxes_.end())
                send(open->second, std::move(news));
            },
            [this](const BeginWork& begin) -> caf::result<Outcome> { return begin_work(begin); },
            [this](const EndWork& end) {
              for (const std::uint64_t session :
                   slots_.end(end.session, end.search ? SlotKind::search : SlotKind::fetch))
                grant(session, Outcome{});
            },
            [this](caf::tick_atom) { expire(); }};
  }
  void on_exit() override { mailboxes_.clear(); }
  const char* name() const override { return "mailboxes"; }

 private:
  caf::result<Outcome> begin_work(const BeginWork& begin) {
    const SlotRequest request{begin.session, begin.user, begin.search ? SlotKind::search : SlotKind::fetch,
                              begin.per_user_max, begin.server_max};
    if (slots_.begin(request, WorkSlots::Clock::now())) return Outcome{};
    if (promises_.empty()) delayed_send(this, std::chrono::seconds(1), caf::tick_atom_v);
    return promises_.emplace(begin.session, make_response_promise<Outcome>()).first->second;
  }

  void grant(std::uint64_t session, Outcome outcome) {
    const auto waiting = promises_.find(session);
    if (waiting == promises_.end()) return;
    waiting->second.deliver(std::move(outcome));
    promises_.erase(waiting);
  }

  void expire() {
    for (const SlotRequest& request : slots_.expire(WorkSlots::Clock::now()))
      grant(request.session, Outcome::failure(limit_reached(WorkSlots::refusal(request.kind))));
    if (!promises_.empty()) delayed_send(this, std::chrono::seconds(1), caf::tick_atom_v);
  }

  Node& node_;
  std::unordered_map<UserId, MailboxActor> mailboxes_;  // of users who have logged in since the start
  WorkSlots slots_;
  std::unordered_map<std::uint64_t, caf::typed_response_promise<Outcome>> promises_;  // by session
};

}  // namespace

MailboxesActor spawn_mailboxes(caf::actor_system& system, Node& node) {
  return system.spawn<Mailboxes>(std::ref(node));
}

}  // namespace stagecoach
