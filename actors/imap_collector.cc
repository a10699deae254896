#include "actors/imap_collector.h"

#include <algorithm>

#include "actors/collector_server.h"
#include "actors/collector_visit.h"
#include "actors/imap_settings.h"
#include "actors/serialisation.h"
#include "protocols/imap/folder_name.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_folders_max = 1000;
constexpr std::size_t k_removed_at_once = 50;

/// A folder is looked at twice: all are listed before the first message is fetched, so that a message that
/// has moved from one to another is known by its digest. Then those that have something to do are opened.
class ImapCollector : public CollectorVisit {
 public:
  ImapCollector(caf::actor_config& config, Reactor& reactor, Node& node, ResolverActor resolver,
                const conf::CollectorSettings& settings, TlsContext tls)
      : CollectorVisit(config, reactor, node, std::move(resolver), settings, std::move(tls),
                       {"IMAP", DialogueProtocol::imap, collector_server(settings)}),
        patterns_(settings.imap.folders),
        move_to_(imap::to_utf7(settings.imap.move_to)) {}
  const char* name() const override { return "imap_collector"; }

 private:
  enum class Doing : std::uint8_t { finding, listing, opening, fetching, removing };
  struct Folder {
    std::string wire, name;
    std::uint32_t uid_validity = 0;  // 0: it could not be opened
    std::vector<imap::RemoteMessage> messages;
  };

  // ---- the session ----

  void begin_session(const std::string& secret) override {
    engine_.emplace(imap_settings(settings().pop3, secret, has_tls(), k_message_bytes_max));
    carry_out(engine_->connected());
  }
  void received(std::string_view bytes) override { carry_out(engine_->receive(bytes)); }
  void tls_started() override { carry_out(engine_->tls_started()); }
  void timed_out() override {
    if (engine_) carry_out(engine_->timed_out());
  }
  void line_lost(Error why) override {
    if (engine_) carry_out(engine_->connection_lost(std::move(why)));
  }

  void carry_out(imap::ClientEvents events) {
    for (imap::ClientEvent& event : events) {
      if (is_over()) return socket().close();
      std::visit([this](auto& one) { on(one); }, event);
    }
    read_on();
  }

  void on(imap::Output& output) { write(output.bytes); }
  void on(imap::StartTls&) { start_tls(); }
  void on(imap::CloseConnection&) { socket().close(); }
  void on(imap::Failed& failed) {
    failed.login_refused ? login_refused(std::move(failed.error)) : end(std::move(failed.error));
  }
  void on(imap::Finished&) { leave(gone_); }
  void on(imap::Ready&) { find_folders(); }
  // those of a watch
  void on(imap::IdleBegun&) {}
  void on(imap::IdleEnded&) {}
  void on(imap::MessagesArrived&) {}

  void warn(const std::string& text) {
    node().log.warning("collect", session(), settings().name + ": " + text);
    say(text);
    remark(text);
  }

  // ---- which folders, and what is in them ----

  void find_folders() {
    while (next_pattern_ < patterns_.size()) {
      const std::string& pattern = patterns_[next_pattern_];
      if (pattern.find('*') != std::string::npos) return carry_out(engine_->list(imap::to_utf7(pattern)));
      ++next_pattern_;
      add_folder({imap::to_utf7(pattern), pattern, true});
    }
    doing_ = Doing::listing;
    list_next();
  }

  void on(imap::FoldersListed& listed) {
    const std::string& pattern = patterns_[next_pattern_++];
    bool found = false;
    for (imap::RemoteFolder& folder : listed.folders) {
      if (!folder.selectable || folder.wire == move_to_) continue;
      found = true;
      add_folder(std::move(folder));
    }
    if (!found) warn("no folder is named \"" + pattern + "\"");
    find_folders();
  }

  void add_folder(imap::RemoteFolder folder) {
    const bool known = std::any_of(folders_.begin(), folders_.end(),
                                   [&](const Folder& other) { return other.wire == folder.wire; });
    if (known) return;
    if (folders_.size() == k_folders_max) return work().log("a folder too many: \"" + folder.name + "\"");
    folders_.push_back({std::move(folder.wire), std::move(folder.name), 0, {}});
  }

  /// A single one stays open.
  void list_next() {
    if (at_ == folders_.size()) return all_listed();
    open_ = at_;
    carry_out(engine_->open(folders_[at_].wire, folders_.size() > 1));
  }

  void on(imap::FolderReady& ready) {
    Folder& folder = folders_[at_];
    if (doing_ == Doing::listing) {
      folder.uid_validity = ready.uid_validity;
      if (ready.messages > 0) return carry_out(engine_->list_messages());
      ++at_;
      return list_next();
    }
    if (folder.uid_validity != ready.uid_validity) {
      work().log("folder \"" + folder.name +
                 "\" has been numbered anew just now: it waits for the next visit");
      folder.messages.clear();
    }
    proceed();
  }

  void on(imap::MessagesListed& listed) {
    folders_[at_++].messages = std::move(listed.messages);
    list_next();
  }

  void all_listed() {
    const auto opened = [](const Folder& folder) { return folder.uid_validity != 0; };
    if (std::none_of(folders_.begin(), folders_.end(), opened)) return end(std::move(last_failure_));
    // Without sizes: with its UIDVALIDITY a UID is never given again, and some servers guess sizes.
    std::vector<ListedMessage> listed;
    for (const Folder& folder : folders_)
      for (const imap::RemoteMessage& message : folder.messages)
        listed.push_back({uid_of(folder, message.uid), 0});
    messages_ = listed.size();
    say(std::to_string(messages_) + " messages on the server");
    if (folders_.size() > 1) open_ = folders_.size();
    at_ = 0;
    doing_ = Doing::fetching;
    work().note_listing(listed, [this](Result<void>) {
      if (!is_over()) proceed();
    });
  }

  static std::string uid_of(const Folder& folder, std::uint32_t uid) {
    return folder.name + ":" + std::to_string(folder.uid_validity) + "." + std::to_string(uid);
  }

  // ---- one message after the other ----

  void proceed() override {
    using routing::RemoteStep;
    for (; at_ < folders_.size(); ++at_, next_ = 0) {
      const Folder& folder = folders_[at_];
      while (next_ < folder.messages.size()) {
        const imap::RemoteMessage& message = folder.messages[next_];
        ListedMessage listed{uid_of(folder, message.uid), message.size_bytes};
        const RemoteStep step = work().first_step(listed);
        if (passes_over(message, listed, step)) continue;
        if (open_ != at_) return open_folder();
        if (to_erase_.size() + to_move_.size() >= k_removed_at_once) return remove_some();
        ++next_;
        ++number_;
        uid_ = message.uid;
        if (consider(std::move(listed))) return;
      }
      if (!to_erase_.empty() || !to_move_.empty()) return remove_some();
    }
    carry_out(engine_->logout());
  }

  /// Whether nothing is done with this message; it is counted then.
  bool passes_over(const imap::RemoteMessage& message, const ListedMessage& listed,
                   routing::RemoteStep step) {
    using routing::RemoteStep;
    const bool others_delete_it = message.deleted && step != RemoteStep::erase;
    const bool fetches = step == RemoteStep::decide || step == RemoteStep::fetch;
    const bool endless = fetches && message.size_bytes > k_message_bytes_max;
    if (!others_delete_it && !endless && step != RemoteStep::leave) return false;
    if (endless) work().log("message " + listed.uid + " is larger than anything that can be stored");
    if (endless) ++report().failed;
    if (!endless && !others_delete_it) ++report().left;
    ++next_;
    ++number_;
    return true;
  }

  void open_folder() {
    open_ = at_;
    doing_ = Doing::opening;
    carry_out(engine_->open(folders_[at_].wire, false));
  }

  void ask_head() override {
    doing_ = Doing::fetching;
    carry_out(engine_->fetch(uid_, imap::ClientSession::Part::header));
  }
  void ask_whole() override {
    say("message " + std::to_string(number_) + " of " + std::to_string(messages_) + ", " +
        std::to_string(current().size_bytes) + " bytes");
    doing_ = Doing::fetching;
    carry_out(engine_->fetch(uid_, imap::ClientSession::Part::whole));
  }
  void on(imap::ContentBytes& bytes) { content(bytes.bytes); }
  void on(imap::MessageEnd&) { message_ended(); }

  // ---- away with it ----

  bool erase(Why why) override {
    const bool moves = why == Why::collected && !move_to_.empty();
    (moves ? to_move_ : to_erase_).push_back(uid_);
    return false;
  }

  void remove_some() {
    doing_ = Doing::removing;
    const bool moves = !to_move_.empty();
    leaving_ = std::exchange(moves ? to_move_ : to_erase_, {});
    carry_out(moves ? engine_->move(leaving_, move_to_) : engine_->erase(leaving_));
  }

  void on(imap::MessagesGone& gone) {
    for (const std::uint32_t uid : gone.uids) gone_.push_back(uid_of(folders_[at_], uid));
    report().deleted += static_cast<std::int64_t>(gone.uids.size());
    proceed();
  }

  void on(imap::CommandFailed& failed) {
    switch (doing_) {
      case Doing::finding: return end(std::move(failed.error));
      case Doing::listing: return folder_refused(std::move(failed.error));
      case Doing::removing:
        work().log("the server refused: " + failed.error.text());
        report().failed += static_cast<std::int64_t>(leaving_.size());
        remark(failed.error.text());
        return proceed();
      case Doing::opening:
        warn("folder \"" + folders_[at_].name + "\": " + failed.error.text());
        folders_[at_].messages.clear();
        return proceed();
      case Doing::fetching:
        return failed.error.kind == Error::Kind::not_found ? message_gone() : message_refused(failed.error);
    }
  }

  void folder_refused(Error error) {
    warn("folder \"" + folders_[at_].name + "\": " + error.text());
    last_failure_ = std::move(error);
    ++at_;
    list_next();
  }

  std::optional<imap::ClientSession> engine_;
  Doing doing_ = Doing::finding;
  std::vector<std::string> patterns_;
  std::size_t next_pattern_ = 0;
  std::string move_to_;  // as the server names it
  std::vector<Folder> folders_;
  std::size_t at_ = 0;    // the folder that is dealt with
  std::size_t open_ = 0;  // the one that is open
  std::size_t next_ = 0;  // its next message
  std::size_t messages_ = 0, number_ = 0;
  std::uint32_t uid_ = 0;
  std::vector<std::uint32_t> to_erase_, to_move_, leaving_;
  std::vector<std::string> gone_;
  Error last_failure_ = not_found("the server has none of the folders");
};

}  // namespace

CollectorActor spawn_imap_collector(Reactor& reactor, Node& node, ResolverActor resolver,
                                    const conf::CollectorSettings& settings, TlsContext tls) {
  return spawn_pinned<ImapCollector>(reactor, std::ref(node), std::move(resolver), settings, std::move(tls));
}

}  // namespace stagecoach
