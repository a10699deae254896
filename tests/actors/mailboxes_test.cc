// The lock of a mailbox among its sessions (docs/reference/pop3.md).
#include "actors/mailboxes.h"

#include <gtest/gtest.h>

#include <thread>

#include "actors/serialisation.h"

namespace stagecoach {
namespace {

class SystemConfig : public caf::actor_system_config {
 public:
  SystemConfig() {
    add_message_types<caf::id_block::stagecoach>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
  }
};

class MailboxesTest : public ::testing::Test {
 protected:
  MailboxesTest() : mailboxes_(spawn_mailboxes(system_, node_)), mailbox_(open(UserId{7})) {}
  ~MailboxesTest() override {
    mailbox_ = nullptr;
    for (const WatcherActor& session : sessions_) self_->send_exit(session, caf::exit_reason::user_shutdown);
    self_->send_exit(mailboxes_, caf::exit_reason::user_shutdown);
  }

  MailboxActor open(UserId user) {
    MailboxActor mailbox;
    self_->request(mailboxes_, std::chrono::seconds(10), OpenMailbox{user})
        .receive([&](const OpenedMailbox& opened) { mailbox = opened.mailbox; }, [](const caf::error&) {});
    return mailbox;
  }
  WatcherActor session() {
    sessions_.push_back(
        system_.spawn([]() -> WatcherActor::behavior_type { return {[](const MailboxNews&) {}}; }));
    return sessions_.back();
  }
  void end(const WatcherActor& session) { self_->send_exit(session, caf::exit_reason::kill); }

  /// Why the session is refused; empty: it is not.
  template <class Request>
  std::string ask(const MailboxActor& mailbox, const Request& request) {
    std::string reason = "no answer";
    self_->request(mailbox, std::chrono::seconds(10), request)
        .receive([&](const Outcome& outcome) { reason = outcome.ok ? "" : outcome.error.reason; },
                 [](const caf::error&) {});
    return reason;
  }
  std::string pop3(const WatcherActor& session, bool exclusive) {
    return ask(mailbox_, LockMaildrop{session, exclusive});
  }
  std::string imap(const WatcherActor& session) { return ask(mailbox_, WatchMailbox{session, 0}); }
  /// Sessions end at their own time.
  bool soon(const std::function<std::string()>& attempt) {
    for (int i = 0; i < 1000; ++i) {
      if (attempt().empty()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
  }

  SystemConfig config_;
  Node node_;
  caf::actor_system system_{config_};
  caf::scoped_actor self_{system_};
  std::vector<WatcherActor> sessions_;
  MailboxesActor mailboxes_;
  MailboxActor mailbox_;
};

// USR-047
TEST_F(MailboxesTest, OnePop3SessionHasTheMaildropUntilItEnds) {
  for (const bool exclusive : {false, true}) {
    const WatcherActor first = session(), second = session();
    EXPECT_TRUE(soon([&] { return pop3(first, exclusive); }));
    EXPECT_EQ(pop3(first, exclusive), "") << "it has it";
    EXPECT_NE(pop3(second, exclusive), "");
    EXPECT_TRUE(soon([&] {
      return ask(open(UserId{8}), LockMaildrop{second, exclusive});
    })) << "another mailbox";
    end(first);
    EXPECT_TRUE(soon([&] { return pop3(second, exclusive); }));
    end(second);
  }
}

TEST_F(MailboxesTest, ImapSessionsAndAPop3SessionShareTheMailboxAsASettingSays) {
  const WatcherActor pop = session(), phone = session();
  EXPECT_EQ(imap(phone), "");
  EXPECT_EQ(pop3(pop, false), "");
  EXPECT_EQ(imap(session()), "");
}

// USR-048, USR-049
TEST_F(MailboxesTest, ImapSessionsShareTheLockAndTheLastOneReleasesIt) {
  const WatcherActor phone = session(), desk = session(), pop = session();
  EXPECT_EQ(imap(phone), "");
  EXPECT_EQ(imap(desk), "");
  EXPECT_EQ(pop3(pop, true), "IMAP sessions have this mailbox open");
  end(phone);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_NE(pop3(pop, true), "") << "one is left";
  end(desk);
  EXPECT_TRUE(soon([&] { return pop3(pop, true); }));
}

// USR-049
TEST_F(MailboxesTest, AnExclusivePop3SessionKeepsImapOutUntilItEnds) {
  const WatcherActor pop = session(), phone = session();
  EXPECT_EQ(pop3(pop, true), "");
  EXPECT_EQ(imap(phone), "Mailbox Locked");
  end(pop);
  EXPECT_TRUE(soon([&] { return imap(phone); }));
}

}  // namespace
}  // namespace stagecoach
