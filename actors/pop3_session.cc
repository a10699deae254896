// One POP3 session: carries out what the engine asks for. The maildrop is the INBOX, locked while it is open.

#include "actors/database.h"
#include "actors/receipts.h"
#include "actors/serialisation.h"
#include "actors/session.h"
#include "actors/session_login.h"
#include "storage/content_store.h"
#include "storage/mailbox_repository.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_ahead_messages_max = 16;  // read with the one that was asked for
constexpr std::int64_t k_ahead_bytes_max = 256 * 1024;

class Pop3Session : public Session {
 public:
  Pop3Session(caf::actor_config& config, Reactor& reactor, int fd, Node& node, const ServicePtr& shared)
      : Session(config, reactor, fd, node, shared, "pop3", node.counters.pop3_sessions),
        engine_(is_loopback(peer_ip()) ? shared->pop3_loopback : shared->pop3, random_bytes(24)) {}

  void on_exit() override {
    mailbox_ = nullptr;
    Session::on_exit();
  }
  const char* name() const override { return "pop3_session"; }

 private:
  void greet(bool tls) override { carry_out(engine_.greet(tls)); }
  void tls_started() override { carry_out(engine_.tls_started()); }
  void take_input(std::string_view bytes) override { carry_out(engine_.receive(bytes)); }
  bool is_waiting() const override { return engine_.waiting() && !wanted_; }
  void timed_out() override {
    carry_out(engine_.timed_out());
    quit();
  }
  void shut_down() override {
    if (!engine_.waiting()) carry_out(engine_.shutting_down());
  }
  std::string summary() const override { return "user=" + engine_.user(); }
  Tally tally() const override { return tally_; }
  void on_drained() override {
    if (!wanted_) return;
    const pop3::ContentWanted wanted = *wanted_;
    wanted_.reset();
    give_content(wanted);
  }

  void carry_out(pop3::ServerEvents events) {
    for (pop3::ServerEvent& event : events) {
      if (!socket().is_open()) return;
      std::visit([this](auto& one) { on(one); }, event);
    }
    set_paused(engine_.waiting());
  }

  void on(pop3::Output& output) { socket().write(output.bytes); }
  void on(pop3::StartTls&) { start_tls(); }
  void on(pop3::Close&) { socket().finish(); }
  void on(pop3::ApopOffered& offer) {
    scram_ = false;
    check_password({offer.user, offer.digest, service_name(), peer_ip(), offer.timestamp});
  }
  void on(pop3::AuthenticationFailed& failure) {
    if (scram_)
      send(node().handles()->authenticator, LoginFailedNote{failure.user, service_name(), peer_ip()});
    scram_ = false;
  }
  void on(pop3::PasswordOffered& offer) {
    scram_ = false;
    if (!acts_as_itself(offer.authzid, offer.user))
      return carry_out(engine_.password_checked(sasl::PasswordVerdict::refused));
    check_password({offer.user, offer.password, service_name(), peer_ip(), {}});
  }
  void check_password(CheckPassword check) {
    ask_authenticator(this, node(), std::move(check), [this](const LoginAnswer& answer) {
      user_ = answer.id;
      login_name_ = answer.user;
      carry_out(engine_.password_checked(verdict_of(answer)));
    });
  }
  void on(pop3::VerifierWanted& wanted) {
    scram_ = true;
    ask_authenticator(this, node(), FindVerifier{wanted.user, service_name(), peer_ip()},
                      [this](const LoginAnswer& answer) {
                        user_ = answer.id;
                        login_name_ = answer.user;
                        if (answer.kind == LoginAnswer::Kind::unavailable)
                          carry_out(engine_.verifier_unavailable());
                        else
                          carry_out(engine_.verifier_found(verifier_of(answer)));
                      });
  }

  void on(pop3::MailboxWanted&) {
    const auto fail = [this](const caf::error&) {
      carry_out(engine_.opened(unavailable("try again later")));
    };
    request(node().handles()->mailboxes, caf::infinite, OpenMailbox{user_})
        .then(
            [this, fail](const OpenedMailbox& opened) {
              mailbox_ = opened.mailbox;
              request(mailbox_, caf::infinite, LockMaildrop{WatcherActor{this}, settings().exclusive_mailbox})
                  .then(
                      [this](const Outcome& locked) {
                        if (!locked.ok) return carry_out(engine_.opened(locked.error));
                        note_login(user_, login_name_);
                        load_maildrop();
                      },
                      fail);
            },
            fail);
  }

  void load_maildrop() {
    ask_database<FolderSnapshot>(
        this, node().handles()->database,
        [user = user_](storage::Database& database) -> Result<FolderSnapshot> {
          storage::MailboxRepository repository(database);
          if (auto made = repository.folders(user, now_seconds()); !made) return std::move(made.error());
          return repository.open(user, "INBOX");
        },
        [this](Result<FolderSnapshot> inbox) {
          if (!inbox) return carry_out(engine_.opened(std::move(inbox.error())));
          carry_out(engine_.opened(maildrop_of(*inbox)));
        });
  }

  pop3::MaildropSnapshot maildrop_of(const FolderSnapshot& inbox) {
    folder_ = inbox.state.id;
    pop3::MaildropSnapshot maildrop;
    maildrop.messages.reserve(inbox.messages.size());
    for (const StoredMessage& message : inbox.messages) {
      messages_.push_back({message.uid, message.content, message.size_bytes});
      if (wants_receipt(message)) receipts_.emplace(messages_.size() - 1, message);
      maildrop.messages.push_back(
          {message.size_bytes, std::to_string(inbox.state.uidvalidity) + "." + std::to_string(message.uid),
           message.content});
    }
    return maildrop;
  }

  // ---- content, some messages ahead: while one portion is sent, the next is read ----

  void on(pop3::ContentWanted& wanted) {
    if (wanted.retrieves && wanted.offset == 0) {
      send_receipt(wanted.index);
      ++tally_.messages;
      tally_.bytes += wanted.index < messages_.size() ? messages_[wanted.index].size_bytes : 0;
    }
    if (socket().congested())
      wanted_ = wanted;
    else
      give_content(wanted);
  }

  /// To whom asked to be told when his message is fetched.
  void send_receipt(std::size_t index) {
    const auto found = receipts_.find(index);
    if (found == receipts_.end()) return;
    send_delivery_receipts(system(), node(), {user_, engine_.user(), folder_, {found->second}});
    receipts_.erase(found);
  }

  void give_content(const pop3::ContentWanted& wanted) {
    if (const auto ready = ahead_.find(wanted.content); ready != ahead_.end() && wanted.offset == 0) {
      const std::string bytes = std::move(ready->second);
      ahead_.erase(ready);
      if (!reading_ && ahead_.size() <= k_ahead_messages_max / 2) read_ahead(next_ahead_);
      return carry_out(
          engine_.content(std::string_view(bytes).substr(0, static_cast<std::size_t>(wanted.length))));
    }
    const bool whole = wanted.offset == 0 && wanted.index < messages_.size() &&
                       messages_[wanted.index].size_bytes == wanted.length &&
                       wanted.length <= k_ahead_bytes_max;
    if (!whole) return read_range(wanted);
    awaited_ = wanted;
    own_portion_ = !reading_;
    if (!reading_) read_ahead(wanted.index);
  }

  void read_range(const pop3::ContentWanted& wanted) {
    ask_database<std::string>(
        this, node().handles()->database,
        [wanted](storage::Database& database) {
          return storage::ContentStore(database).read(wanted.content, wanted.offset, wanted.length);
        },
        [this](Result<std::string> bytes) {
          if (!bytes) return carry_out(engine_.content_failed(bytes.error()));
          carry_out(engine_.content(*bytes));
        });
  }

  /// Reads messages from `first` on, as many as make a portion.
  void read_ahead(std::size_t first) {
    std::vector<std::int64_t> ids;
    std::int64_t bytes = 0;
    std::size_t i = first;
    for (; i < messages_.size() && ids.size() < k_ahead_messages_max; ++i) {
      bytes += messages_[i].size_bytes;
      if (bytes > k_ahead_bytes_max && !(awaited_ && ids.empty())) break;
      ids.push_back(messages_[i].content.value);
    }
    if (ids.empty()) return;
    next_ahead_ = i;
    reading_ = true;
    ask_database<std::vector<storage::ContentDescription>>(
        this, node().handles()->database,
        [ids](storage::Database& database) {
          return storage::ContentStore(database).describe(ids, storage::want_whole);
        },
        [this](Result<std::vector<storage::ContentDescription>> contents) {
          portion_read(std::move(contents));
        });
  }

  void portion_read(Result<std::vector<storage::ContentDescription>> contents) {
    reading_ = false;
    if (ahead_.size() > 2 * k_ahead_messages_max) ahead_.clear();  // the client does not go by the numbers
    if (contents)
      for (storage::ContentDescription& content : *contents) ahead_[content.id] = std::move(content.bytes);
    if (!awaited_) return;
    const pop3::ContentWanted wanted = *awaited_;
    if (ahead_.contains(wanted.content)) {
      awaited_.reset();
      own_portion_ = false;
      return give_content(wanted);
    }
    // It was not in the portion that was under way: its own is next. When it is not in that, it is gone.
    if (contents && !std::exchange(own_portion_, true)) return read_ahead(wanted.index);
    awaited_.reset();
    own_portion_ = false;
    carry_out(engine_.content_failed(contents ? not_found("the message is gone") : contents.error()));
  }

  void on(pop3::DeleteAndQuit& request_) {
    storage::ExpungeMessages expunge;
    expunge.folder = folder_;
    for (const std::size_t index : request_.indices) expunge.uids.push_back(messages_[index].uid);
    auto unit = std::make_shared<storage::WriteUnit>();
    unit->emplace_back(std::move(expunge));
    request(node().handles()->writer, caf::infinite, WriteMail{std::move(unit), 0, user_})
        .then(
            [this](const WriteAnswer& answer) {
              if (*answer.result)
                carry_out(engine_.deleted({}));
              else
                carry_out(engine_.deleted(answer.result->error()));
            },
            [this](const caf::error&) { carry_out(engine_.deleted(unavailable("try again later"))); });
  }

  struct Message {
    std::uint32_t uid;
    ContentId content;
    std::int64_t size_bytes;
  };

  pop3::ServerSession engine_;
  MailboxActor mailbox_;
  UserId user_;
  std::string login_name_;  // as the directory has it
  FolderId folder_;
  std::vector<Message> messages_;
  std::unordered_map<std::size_t, StoredMessage> receipts_;  // by index, until they are fetched
  std::unordered_map<ContentId, std::string> ahead_;
  std::optional<pop3::ContentWanted> wanted_;   // until the client has taken what was sent
  std::optional<pop3::ContentWanted> awaited_;  // until it has been read
  Tally tally_;
  std::size_t next_ahead_ = 0;  // what the next portion begins with
  bool reading_ = false;
  bool own_portion_ = false;  // the awaited message's own portion is being read
  int waits_ = 0;             // time-outs while an answer was pending
  bool scram_ = false;
};

}  // namespace

SessionActor spawn_pop3_session(Reactor& reactor, int fd, Node& node, ServicePtr service) {
  return spawn_pinned<Pop3Session>(reactor, fd, std::ref(node), service);
}

}  // namespace stagecoach
