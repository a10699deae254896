#include "actors/mailboxes.h"

#include "actors/serialisation.h"

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
              if (watch.sessions_max > 0 && static_cast<std::int64_t>(watchers_.size()) >= watch.sessions_max)
                return Outcome::failure(limit_reached("Too many logins for this user"));
              watchers_.push_back(watch.watcher);
              monitor(watch.watcher);
              return Outcome{};
            },
            [this](const LockMaildrop& lock) {
              if (holder_) return Outcome::failure(conflict("another POP3 session has this mailbox open"));
              holder_ = lock.holder.address();
              monitor(lock.holder);
              return Outcome{};
            }};
  }
  void on_exit() override { watchers_.clear(); }
  const char* name() const override { return "mailbox"; }

 private:
  void session_ended(const caf::actor_addr& session) {
    std::erase_if(watchers_, [&](const WatcherActor& watcher) { return watcher.address() == session; });
    if (holder_ == session) holder_ = {};
  }

  std::vector<WatcherActor> watchers_;
  caf::actor_addr holder_;
};

class Mailboxes : public MailboxesActor::base {
 public:
  Mailboxes(caf::actor_config& config, Node& node) : MailboxesActor::base(config), node_(node) {}

  behavior_type make_behavior() override {
    return {[this](const OpenMailbox& open) {
              MailboxActor& mailbox = mailboxes_[open.user];
              if (!mailbox) mailbox = spawn<Mailbox, caf::linked>(std::ref(node_));
              return OpenedMailbox{mailbox};
            },
            [this](MailboxNews& news) {
              if (const auto open = mailboxes_.find(news.user); open != mailboxes_.end())
                send(open->second, std::move(news));
            }};
  }
  void on_exit() override { mailboxes_.clear(); }
  const char* name() const override { return "mailboxes"; }

 private:
  Node& node_;
  std::unordered_map<UserId, MailboxActor> mailboxes_;  // of users who have logged in since the start
};

}  // namespace

MailboxesActor spawn_mailboxes(caf::actor_system& system, Node& node) {
  return system.spawn<Mailboxes>(std::ref(node));
}

}  // namespace stagecoach
