// One IMAP session: carries out what the engine asks for. It watches the user's mailbox from the login on, so
// that changes by others reach it at once.

#include "actors/database.h"
#include "actors/imap_values.h"
#include "actors/intake.h"
#include "actors/receipts.h"
#include "actors/serialisation.h"
#include "actors/session.h"
#include "actors/session_login.h"
#include "protocols/imap/server_session.h"
#include "protocols/sasl/base64.h"
#include "storage/content_store.h"
#include "storage/folder_rights.h"
#include "storage/mailbox_repository.h"

namespace stagecoach {

namespace {

imap::Options options_of(const Service& service, const Node& node, const std::string& peer_ip) {
  const auto config = node.config();
  imap::Options options;
  options.probe_secret = node.probe_secret;
  options.product = config->server.anonymise_services ? "IMAP" : "Stagecoach";
  options.starttls = service.starttls();
  options.tls = service.implicit_tls();
  options.plain_login =
      !service.settings.require_encrypted_auth || service.implicit_tls() || is_loopback(peer_ip);
  options.require_tls = service.settings.require_tls && service.starttls();
  options.scram = true;
  options.idle = service.settings.idle;
  options.server_nonce = sasl::encode_base64(random_bytes(18));
  return options;
}

imap::Limits limits_of(const Service& service) {
  imap::Limits limits;
  limits.message_bytes_max = static_cast<std::uint64_t>(service.settings.max_message_size.bytes);
  limits.failed_logins_max = service.settings.max_failed_logins;
  return limits;
}

class ImapSession : public Session {
 public:
  ImapSession(caf::actor_config& config, Reactor& reactor, int fd, Node& node, const ServicePtr& shared)
      : Session(config, reactor, fd, node, shared, "imap", node.counters.imap_sessions),
        cause_(node.next_cause()),
        engine_(options_of(*shared, node, peer_ip()), limits_of(*shared)) {}

  void on_exit() override {
    if (node().handles()->mailboxes) {
      if (working_ & k_fetches) end_work(false);
      if (working_ & k_searches) end_work(true);
    }
    mailbox_ = nullptr;
    Session::on_exit();
  }
  const char* name() const override { return "imap_session"; }

 private:
  void greet(bool) override { carry_out(engine_.greet()); }  // its options know about implicit TLS
  void tls_started() override { carry_out(engine_.tls_started()); }
  void take_input(std::string_view bytes) override { carry_out(engine_.receive(bytes)); }
  bool is_waiting() const override { return engine_.is_waiting() && !when_drained_; }
  void timed_out() override {
    if (!engine_.is_waiting()) carry_out(engine_.shut_down("Autologout: idle for too long"));
    socket().finish();
  }
  void shut_down() override {
    if (!engine_.is_waiting()) carry_out(engine_.shut_down("The server stops, come back in a moment"));
  }
  std::string summary() const override { return "user=" + engine_.user(); }
  void on_drained() override {
    if (auto then = std::exchange(when_drained_, nullptr)) then();
  }

  void carry_out(imap::Events events) {
    for (imap::Event& event : events) {
      if (!socket().is_open()) return;
      std::visit([this](auto& one) { on(one); }, event);
    }
    set_paused(engine_.is_waiting() || uploading_);
  }

  /// Runs `then` now, or when the client has taken what is on its way.
  void when_drained(std::function<void()> then) {
    if (socket().congested())
      when_drained_ = std::move(then);
    else
      then();
  }

  void on(imap::Output& output) { socket().write(output.bytes); }
  void on(imap::WaitForDrain&) {
    when_drained([this] { carry_out(engine_.drained()); });
  }
  void on(imap::StartTls&) { start_tls(); }
  void on(imap::CloseConnection&) { socket().finish(); }
  void on(imap::ClientIdentified& client) { log("client: " + client.text); }
  void on(imap::StartIdle&) {}
  void on(imap::EndIdle&) {}

  // ---- slots for costly commands ----

  void on(imap::BeginWork& begin) {
    const auto& limits = settings();
    const bool search = begin.work == imap::Work::search;
    working_ |= search ? k_searches : k_fetches;
    request(node().handles()->mailboxes, caf::infinite,
            BeginWork{cause_, user_, search, search ? limits.max_search_per_user : limits.max_fetch_per_user,
                      search ? 0 : limits.max_fetch_server})
        .then([this](const Outcome& outcome) { carry_out(engine_.granted(outcome.result())); },
              [this](const caf::error&) { carry_out(engine_.granted(unavailable("try again later"))); });
  }
  void on(imap::EndWork& end) { end_work(end.work == imap::Work::search); }
  void end_work(bool search) {
    working_ &= ~(search ? k_searches : k_fetches);
    send(node().handles()->mailboxes, EndWork{cause_, search});
  }

  // ---- login ----

  void on(imap::Authenticate& login) {
    if (!acts_as_itself(login.authorization, login.user))
      return carry_out(engine_.authenticated(invalid_input("no right to act for another user")));
    ask_authenticator(this, node(), CheckPassword{login.user, login.password, service_name(), peer_ip(), {}},
                      [this](const LoginAnswer& answer) { logged_in(answer); });
  }
  void on(imap::WantScramVerifier& wanted) {
    ask_authenticator(this, node(), FindVerifier{wanted.user, service_name(), peer_ip()},
                      [this](const LoginAnswer& answer) {
                        scram_answer_ = answer;
                        carry_out(engine_.verifier(answer.verifier));
                      });
  }
  void on(imap::ScramSucceeded& login) {
    if (!acts_as_itself(login.authorization, login.user))
      return carry_out(engine_.authenticated(invalid_input("no right to act for another user")));
    ++node().counters.logins;
    logged_in(scram_answer_);
  }
  void on(imap::LoginFailed& failure) {
    send(node().handles()->authenticator, LoginFailedNote{failure.user, service_name(), peer_ip()});
  }

  void logged_in(const LoginAnswer& answer) {
    if (answer.kind == LoginAnswer::Kind::unavailable)
      return carry_out(engine_.authenticated(unavailable("try again later")));
    if (answer.kind == LoginAnswer::Kind::refused)
      return carry_out(engine_.authenticated(invalid_input("wrong user name or password")));
    user_ = answer.id;
    const auto fail = [this](const caf::error&) {
      carry_out(engine_.authenticated(unavailable("try again later")));
    };
    request(node().handles()->mailboxes, caf::infinite, OpenMailbox{user_})
        .then(
            [this, fail, user = answer.user](const OpenedMailbox& opened) {
              mailbox_ = opened.mailbox;
              request(mailbox_, caf::infinite,
                      WatchMailbox{WatcherActor{this}, settings().max_logins_per_user})
                  .then(
                      [this, user](const Outcome& watching) {
                        if (!watching.ok) return carry_out(engine_.authenticated(watching.error));
                        note_login(user_, user);
                        carry_out(engine_.authenticated(user));
                      },
                      fail);
            },
            fail);
  }

  // ---- folders ----

  /// A name that does not exist, or exists already, is no failure of ours.
  static bool is_the_clients(const Error& error) {
    return error.kind == Error::Kind::not_found || error.kind == Error::Kind::conflict;
  }

  template <class T>
  void ask(std::function<Result<T>(storage::Database&)> work, std::function<void(Result<T>)> then) {
    ask_database<T>(this, node().handles()->database, std::move(work),
                    [this, then = std::move(then)](Result<T> result) {
                      if (!result && !is_the_clients(result.error()))
                        node().log.warning("imap", number(), "failed: " + result.error().text());
                      then(std::move(result));
                    });
  }

  void on(imap::ListFolders&) {
    ask<std::vector<imap::FolderInfo>>(
        [user = user_](storage::Database& database) -> Result<std::vector<imap::FolderInfo>> {
          storage::MailboxRepository repository(database);
          auto folders = repository.folders(user, now_seconds());
          if (!folders) return std::move(folders.error());
          auto subscriptions = repository.subscriptions(user);
          if (!subscriptions) return std::move(subscriptions.error());
          return folder_list(*folders, *subscriptions);
        },
        [this](Result<std::vector<imap::FolderInfo>> folders) {
          carry_out(engine_.folders(std::move(folders)));
        });
  }

  void on(imap::FolderStatus& wanted) {
    ask<std::vector<imap::FolderCounts>>(
        [user = user_,
         names = wanted.names](storage::Database& database) -> Result<std::vector<imap::FolderCounts>> {
          storage::MailboxRepository repository(database);
          if (auto made = repository.folders(user, now_seconds()); !made) return std::move(made.error());
          std::vector<imap::FolderCounts> counts;
          for (const std::string& name : names) {
            auto state = repository.state(user, name);
            if (state)
              counts.push_back(counts_of(*state));
            else if (state.error().kind != Error::Kind::not_found)
              return std::move(state.error());
          }
          return counts;
        },
        [this](Result<std::vector<imap::FolderCounts>> counts) {
          carry_out(engine_.status(std::move(counts)));
        });
  }

  void on(imap::OpenFolder& open) {
    folder_ = {};
    opening_ = true;
    early_news_.clear();
    struct Opened {
      FolderSnapshot folder;
      std::uint32_t recent = UINT32_MAX;  // from this UID on
    };
    ask<Opened>(
        [user = user_, name = open.name,
         read_only = open.read_only](storage::Database& database) -> Result<Opened> {
          storage::MailboxRepository repository(database);
          if (name == "INBOX")
            if (auto made = repository.folders(user, now_seconds()); !made) return std::move(made.error());
          auto folder = repository.open(user, name);
          if (!folder) return std::move(folder.error());
          Opened opened{std::move(*folder)};
          if (!read_only)
            if (auto recent = repository.take_recent(opened.folder.state.id)) opened.recent = *recent;
          return opened;
        },
        [this, read_only = open.read_only](Result<Opened> opened) {
          opening_ = false;
          if (!opened) return carry_out(engine_.opened(std::move(opened.error())));
          const FolderState& state = opened->folder.state;
          folder_ = state.id;
          imap::FolderSnapshot snapshot = snapshot_of(opened->folder, read_only);
          for (imap::MessageRow& row : snapshot.rows)
            if (row.uid >= opened->recent) row.flags |= imap::flag_recent;
          carry_out(engine_.opened(std::move(snapshot)));
          for (const MailboxNews& news : std::exchange(early_news_, {}))
            if (news.modseq > state.modseq) on_news(news);
        });
  }
  void on(imap::CloseFolder&) { folder_ = {}; }

  void on_news(const MailboxNews& news) override {
    if (opening_) {
      early_news_.push_back(news);
    } else if (folder_ && news.folder == folder_) {
      carry_out(engine_.news(news_of(news)));
    }
  }

  /// `change` gives false when the owner of the folder may not do it.
  void change_folders(std::function<Result<bool>(storage::Database&)> change) {
    ask<bool>(std::move(change), [this](Result<bool> done) {
      if (done && !*done) return carry_out(engine_.denied());
      carry_out(engine_.done(done ? Result<void>() : Result<void>(std::move(done.error()))));
    });
  }
  bool makes_fixed_folders() const {
    const auto directory = node().directory();
    const User* user = directory ? directory->find_user(engine_.user()) : nullptr;
    return user && user->profile->permissions.default_folder_rights == k_fixed_folder_rights;
  }
  void on(imap::CreateFolder& create) {
    change_folders(
        [user = user_, create, fixed = makes_fixed_folders()](storage::Database& database) -> Result<bool> {
          if (auto made = storage::MailboxRepository(database).folders(user, now_seconds()); !made)
            return std::move(made.error());
          auto id = storage::FolderRightsRepository(database).create_as_owner(
              user, storage::clean_text(create.name), create.special_use, now_seconds(), fixed);
          if (!id) return std::move(id.error());
          return true;
        });
  }
  void on(imap::DeleteFolder& remove) {
    change_folders(
        [user = user_, name = remove.name, deleted_at = node().deletion_time()](storage::Database& database) {
          return storage::FolderRightsRepository(database).remove_as_owner(user, name, deleted_at);
        });
  }
  void on(imap::RenameFolder& rename) {
    change_folders([user = user_, rename, fixed = makes_fixed_folders()](storage::Database& database) {
      return storage::FolderRightsRepository(database).rename_as_owner(
          user, rename.from, storage::clean_text(rename.to), now_seconds(), fixed);
    });
  }
  void on(imap::SubscribeFolder& subscribe) {
    change_folders([user = user_, subscribe](storage::Database& database) -> Result<bool> {
      auto done = storage::MailboxRepository(database).subscribe(user, storage::clean_text(subscribe.name),
                                                                 subscribe.subscribed);
      if (!done) return std::move(done.error());
      return true;
    });
  }

  // ---- messages ----

  void on(imap::LoadMessages& load) {
    when_drained([this, load = std::move(load)] { load_messages(load); });
  }

  void load_messages(const imap::LoadMessages& load) {
    ask<std::vector<imap::LoadedMessage>>(
        [load](storage::Database& database) -> Result<std::vector<imap::LoadedMessage>> {
          storage::ContentStore store(database);
          std::unordered_map<ContentId, std::uint32_t> uids;
          std::vector<std::int64_t> ids;
          for (const imap::MessageRef& message : load.messages) ids.push_back(message.content.value);
          auto contents = store.describe(ids, load.wants);
          if (!contents) return std::move(contents.error());
          std::unordered_map<ContentId, storage::ContentDescription*> by_id;
          for (storage::ContentDescription& content : *contents) by_id[content.id] = &content;
          std::vector<imap::LoadedMessage> loaded;
          for (const imap::MessageRef& message : load.messages) {
            const auto found = by_id.find(message.content);
            if (found == by_id.end()) continue;
            const storage::ContentDescription& content = *found->second;
            loaded.push_back(
                {message.uid, content.envelope, content.structure, content.parts, content.bytes});
            if (!(load.wants & imap::want_range)) continue;
            auto bytes = store.read(message.content, static_cast<std::int64_t>(load.offset),
                                    static_cast<std::int64_t>(load.size_bytes));
            if (!bytes) return std::move(bytes.error());
            loaded.back().bytes = std::move(*bytes);
          }
          return loaded;
        },
        [this](Result<std::vector<imap::LoadedMessage>> messages) {
          carry_out(engine_.loaded(std::move(messages)));
        });
  }

  /// Sends one change to the writer; `then` gets its result.
  template <class Change>
  void write(Change change, std::function<void(Result<storage::WriteResult>)> then) {
    auto unit = std::make_shared<storage::WriteUnit>();
    unit->emplace_back(std::move(change));
    request(node().handles()->writer, caf::infinite, WriteMail{std::move(unit), cause_, user_})
        .then(
            [then](const WriteAnswer& answer) {
              if (*answer.result)
                then(answer.result->value().front());
              else
                then(answer.result->error());
            },
            [then](const caf::error&) { then(unavailable("try again later")); });
  }

  static std::vector<std::int64_t> wide(const std::vector<std::uint32_t>& uids) {
    return {uids.begin(), uids.end()};
  }
  static std::vector<std::uint32_t> narrow(const std::vector<std::int64_t>& uids) {
    return {uids.begin(), uids.end()};
  }

  void on(imap::StoreFlags& store) {
    storage::ChangeFlags change;
    change.folder = store.folder;
    change.uids = wide(store.uids);
    change.mode = store.mode == imap::StoreMode::add      ? storage::ChangeFlags::Mode::add
                  : store.mode == imap::StoreMode::remove ? storage::ChangeFlags::Mode::remove
                                                          : storage::ChangeFlags::Mode::replace;
    change.flags = stored_flags(store.flags.system);
    for (const std::string& keyword : store.flags.keywords)
      change.keywords.push_back(storage::clean_text(keyword));
    if (store.unchanged_since) change.unchanged_since = static_cast<std::int64_t>(*store.unchanged_since);
    write(std::move(change),
          [this, folder = store.folder, uids = store.uids,
           conditional = store.unchanged_since.has_value()](Result<storage::WriteResult> result) {
            if (!result) return carry_out(engine_.stored(std::move(result.error())));
            imap::StoredFlags stored;
            std::unordered_set<std::uint32_t> changed;
            for (const StoredMessage& message : result->flags.changed) {
              stored.changed.push_back(change_of(message));
              changed.insert(message.uid);
            }
            send_receipts(folder, result->flags.changed);
            if (conditional)
              for (const std::uint32_t uid : uids)
                if (!changed.contains(uid)) stored.modified.push_back(uid);
            stored.highest_modseq = static_cast<std::uint64_t>(result->flags.modseq);
            carry_out(engine_.stored(std::move(stored)));
          });
  }

  /// To those who asked to be told when their message is fetched.
  void send_receipts(FolderId folder, const std::vector<StoredMessage>& changed) {
    std::vector<StoredMessage> fetched;
    for (const StoredMessage& message : changed)
      if ((message.flags & flag_seen) && wants_receipt(message)) fetched.push_back(message);
    if (!fetched.empty())
      send_delivery_receipts(system(), node(), {user_, engine_.user(), folder, std::move(fetched)});
  }

  void on(imap::CopyMessages& copy) {
    ask<FolderState>(
        [user = user_, name = copy.target](storage::Database& database) {
          return storage::MailboxRepository(database).state(user, name);
        },
        [this, copy](Result<FolderState> target) {
          if (!target) return carry_out(engine_.copied(std::move(target.error())));
          storage::CopyMessages request;
          request.from = copy.folder;
          request.uids = wide(copy.uids);
          request.to = target->id;
          request.move = copy.move;
          request.keep_meta = copy.move || settings().keep_meta_on_copy;
          request.now = now_seconds();
          write(std::move(request),
                [this, uidvalidity = target->uidvalidity](Result<storage::WriteResult> result) {
                  if (!result) return carry_out(engine_.copied(std::move(result.error())));
                  imap::CopiedMessages copied;
                  copied.uid_validity = uidvalidity;
                  copied.from = narrow(result->from);
                  for (const storage::StoredCopy& one : result->stored) copied.to.push_back(one.message.uid);
                  if (!result->gone.empty())
                    copied.highest_modseq = static_cast<std::uint64_t>(result->gone.front().modseq);
                  carry_out(engine_.copied(std::move(copied)));
                });
        });
  }

  void on(imap::ExpungeMessages& expunge) {
    write(storage::ExpungeMessages{expunge.folder, wide(expunge.uids), true},
          [this](Result<storage::WriteResult> result) {
            if (!result) return carry_out(engine_.expunged(std::move(result.error())));
            imap::ExpungedMessages expunged;
            if (!result->gone.empty()) {
              expunged.uids = narrow(result->gone.front().uids);
              expunged.highest_modseq = static_cast<std::uint64_t>(result->gone.front().modseq);
            }
            carry_out(engine_.expunged(std::move(expunged)));
          });
  }

  // ---- APPEND ----

  struct Appended {
    FolderId folder;
    std::uint32_t uidvalidity = 0;
    imap::Flags flags;
    std::int64_t internal_date = 0;
    MessageId number;
    std::optional<Intake> intake;
    bool ended = false, failed = false;
  };

  void on(imap::AppendBegin& begin) {
    ask<FolderState>(
        [user = user_, name = begin.folder](storage::Database& database) -> Result<FolderState> {
          storage::MailboxRepository repository(database);
          if (auto made = repository.folders(user, now_seconds()); !made) return std::move(made.error());
          return repository.state(user, name);
        },
        [this, begin](Result<FolderState> target) {
          if (!target) return carry_out(engine_.append_ready(std::move(target.error())));
          append_.emplace();
          append_->folder = target->id;
          append_->uidvalidity = target->uidvalidity;
          append_->flags = begin.flags;
          append_->internal_date =
              begin.internal_date ? begin.internal_date->time.time_since_epoch().count() : now_seconds();
          append_->number = node().numbers.take();
          append_->intake.emplace(append_->number, node().config()->limits.message_in_memory_max.bytes,
                                  node().counters.body_bytes);
          carry_out(engine_.append_ready({}));
        });
  }
  void on(imap::AppendData& data) {
    if (!append_ || append_->failed) return;
    append_->intake->add(data.bytes);
    upload();
  }
  void on(imap::AppendEnd&) {
    if (!append_) return carry_out(engine_.appended(unavailable("try again later")));
    append_->ended = true;
    upload();
  }
  void on(imap::AppendAbort&) { append_.reset(); }

  void upload() {
    if (uploading_ || !append_) return;
    if (append_->failed) {
      if (append_->ended) finish_append(unavailable("the message cannot be stored now"));
      return;
    }
    auto chunk = append_->intake->take_chunk();
    if (!chunk && append_->ended) chunk = append_->intake->take_last_chunk();
    if (!chunk) {
      if (append_->ended) store_append();
      return;
    }
    uploading_ = true;
    write(std::move(*chunk), [this](Result<storage::WriteResult> result) {
      uploading_ = false;
      if (append_ && !result) append_->failed = true;
      upload();
      set_paused(engine_.is_waiting() || uploading_);
    });
  }

  void store_append() {
    storage::AcceptMessage accept;
    accept.id = append_->number;
    accept.content = append_->intake->finish();
    storage::NewCopy copy;
    copy.user = user_;
    copy.folder_id = append_->folder;
    copy.flags = stored_flags(append_->flags.system);
    for (const std::string& keyword : append_->flags.keywords)
      copy.keywords.push_back(storage::clean_text(keyword));
    copy.internal_date = append_->internal_date;
    accept.copies.push_back(std::move(copy));
    write(std::move(accept), [this](Result<storage::WriteResult> result) {
      if (!result) return finish_append(std::move(result.error()));
      imap::AppendedMessage appended;
      if (!result->stored.empty() && result->stored.front().message.uid != 0) {
        appended.uid_validity = append_ ? append_->uidvalidity : 0;
        appended.uid = result->stored.front().message.uid;
      }
      finish_append(appended);
    });
  }
  void finish_append(Result<imap::AppendedMessage> result) {
    append_.reset();
    carry_out(engine_.appended(std::move(result)));
  }

  std::uint64_t cause_;
  imap::ServerSession engine_;
  MailboxActor mailbox_;
  UserId user_;
  FolderId folder_;
  LoginAnswer scram_answer_;
  std::function<void()> when_drained_;
  std::vector<MailboxNews> early_news_;  // while a folder is being opened
  std::optional<Appended> append_;
  static constexpr unsigned k_fetches = 1, k_searches = 2;
  unsigned working_ = 0;  // slots that are held
  int waits_ = 0;         // time-outs while an answer was pending
  bool opening_ = false, uploading_ = false;
};

}  // namespace

SessionActor spawn_imap_session(Reactor& reactor, int fd, Node& node, ServicePtr service) {
  return spawn_pinned<ImapSession>(reactor, fd, std::ref(node), service);
}

}  // namespace stagecoach
