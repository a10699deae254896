#include "actors/pop3_collector.h"

#include <deque>

#include "actors/collector_work.h"
#include "actors/connection.h"
#include "actors/serialisation.h"
#include "protocols/pop3/client_session.h"

namespace stagecoach {

namespace {

constexpr auto k_timeout = std::chrono::seconds(300);
constexpr std::int64_t k_message_bytes_max = 1LL << 30;  // a server that does not end is left

std::shared_ptr<const pop3::ClientSettings> settings_of(const conf::Pop3CollectorSettings& pop3, bool tls) {
  auto settings = std::make_shared<pop3::ClientSettings>();
  settings->credentials = {pop3.username, pop3.password.value, {}};
  settings->normalise_line_ends = true;
  settings->limits.message_bytes_max = k_message_bytes_max;
  switch (pop3.encryption) {
    case conf::ClientTls::none: settings->tls = pop3::ClientTls::none; break;
    case conf::ClientTls::ssl: settings->tls = pop3::ClientTls::ssl; break;
    case conf::ClientTls::starttls: settings->tls = pop3::ClientTls::stls; break;
    case conf::ClientTls::starttls_if_available: settings->tls = pop3::ClientTls::stls_if_available; break;
  }
  if (!tls) settings->tls = pop3::ClientTls::none;
  if (pop3.auth == conf::CollectorAuth::apop) settings->auth = pop3::ClientAuth::apop;
  if (pop3.auth == conf::CollectorAuth::cram_md5) settings->auth = pop3::ClientAuth::cram_md5;
  return settings;
}

class Pop3Collector : public Connection<CollectorActor::base> {
 public:
  Pop3Collector(caf::actor_config& config, Reactor& reactor, int fd, Node& node, ResolverActor resolver,
                const conf::CollectorSettings& settings, TlsContext tls)
      : Connection(config, reactor, fd),
        node_(node),
        resolver_(std::move(resolver)),
        settings_(settings),
        tls_(std::move(tls)),
        session_(node.next_session('c')),
        work_(this, node, settings, session_),
        engine_(settings_of(settings.pop3, tls_ != nullptr)),
        counted_(node.counters.client_sessions) {}

  behavior_type make_behavior() override {
    keep_alive();
    return {[this](const Collect& collect) -> caf::result<CollectReport> {
      progress_ = collect.progress;
      promise_ = make_response_promise<CollectReport>();
      work_.load([this](Result<void> loaded) {
        if (!loaded) return end(std::move(loaded.error()));
        resolve();
      });
      return promise_;
    }};
  }
  void on_exit() override {
    resolver_ = nullptr;
    if (promise_.pending()) finish(unavailable("the collector has ended"));
    Connection::on_exit();
  }
  const char* name() const override { return "pop3_collector"; }

 private:
  // ---- begin ----

  void resolve() {
    const conf::HostPort server = settings_.pop3.server();
    say("connecting to " + server.host + ":" + std::to_string(server.port));
    request(resolver_, caf::infinite, ResolveHost{server.host})
        .then(
            [this](const HostAnswer& answer) {
              if (!answer.outcome.ok) return end(answer.outcome.error);
              addresses_.assign(answer.addresses.begin(), answer.addresses.end());
              next_address();
            },
            [this](const caf::error&) { end(unavailable("the resolver has ended")); });
  }

  void next_address() {
    if (addresses_.empty()) return end(std::move(last_failure_));
    const std::string ip = addresses_.front();
    addresses_.pop_front();
    socket().set_timeout(std::chrono::seconds(60));
    socket().connect(ip, settings_.pop3.server().port);
  }

  // ---- the socket ----

  void on_connected() override {
    report_.connected = true;
    socket().set_timeout(k_timeout);
    if (settings_.pop3.encryption == conf::ClientTls::ssl && tls_)
      socket().start_tls(tls_, false, settings_.pop3.server().host);
    else
      carry_out(engine_.connected());
  }
  void on_input(std::string_view bytes) override {
    socket().set_timeout(k_timeout);
    carry_out(engine_.receive(bytes));
  }
  void on_tls_ready() override {
    carry_out(settings_.pop3.encryption == conf::ClientTls::ssl ? engine_.connected()
                                                                : engine_.tls_started());
  }
  void on_timeout() override {
    if (!report_.connected) {
      socket().close();
      last_failure_ = unavailable("no answer to the connection");
      return next_address();
    }
    if (busy_) return socket().set_timeout(k_timeout);
    carry_out(engine_.timed_out());
  }
  void on_closed(const Error& why) override {
    if (!report_.connected) {
      last_failure_ = why;
      return next_address();
    }
    if (!over_) carry_out(engine_.connection_lost(why));
    if (!over_) end(why);
  }

  // ---- the engine ----

  void carry_out(pop3::ClientEvents events) {
    for (pop3::ClientEvent& event : events) {
      if (over_) return socket().close();
      std::visit([this](auto& one) { on(one); }, event);
    }
    if (!socket().is_open()) return;
    if (busy_)
      socket().pause();
    else
      socket().resume();
  }

  void on(pop3::Output& output) { socket().write(output.bytes); }
  void on(pop3::StartTls&) { socket().start_tls(tls_, false, settings_.pop3.server().host); }
  void on(pop3::Close&) { socket().close(); }
  void on(pop3::Failed& failed) { end(std::move(failed.error)); }
  /// QUIT has been answered: the server has deleted what it was told to. It may give those UIDs again.
  void on(pop3::Finished&) {
    work_.retire(erased_, [this](Result<void>) { end(Error{}); });
  }

  void on(pop3::Ready& ready) {
    if (settings_.pop3.leave_days > 0 && !ready.has_uidl)
      return end(conflict("the server has no UIDL, so messages cannot be left on it: set leave_days = 0"));
    messages_ = std::move(ready.messages);
    say(std::to_string(messages_.size()) + " messages on the server");
    std::vector<std::string> uids;
    for (const pop3::RemoteMessage& message : messages_)
      if (!message.uid.empty()) uids.push_back(message.uid);
    work_.note_listing(uids, [this](Result<void>) { next_message(); });
  }

  // ---- one message after the other ----

  ListedMessage listed() const { return {current_.uid, current_.size_bytes}; }

  void next_message() {
    using routing::RemoteStep;
    while (next_ < messages_.size()) {
      current_ = messages_[next_++];
      judged_.reset();
      mail_.reset();
      drop_ = false;
      const RemoteStep step = work_.first_step(listed());
      wanted_ = step == RemoteStep::fetch;
      too_large_ = step == RemoteStep::too_large;
      switch (step) {
        case RemoteStep::leave: ++report_.left; continue;
        case RemoteStep::erase: return erase();
        case RemoteStep::too_large: return top_works_ ? look() : tell_too_large();
        case RemoteStep::fetch:
        case RemoteStep::decide: return work_.uses_rules() && top_works_ ? look() : retrieve();
      }
    }
    carry_out(engine_.quit());
  }

  void erase() { carry_out(engine_.erase(current_.number)); }
  void on(pop3::Erased&) {
    erased_.push_back(current_.uid);
    ++report_.deleted;
    next_message();
  }
  void on(pop3::CommandFailed& failed) {
    mail_.reset();
    if (std::exchange(looking_, false)) {
      top_works_ = false;
      work_.log("the server has no TOP: rules are asked when a message has come");
      return too_large_ ? tell_too_large() : retrieve();
    }
    work_.log("the server refused: " + failed.error.text());
    ++report_.failed;
    next_message();
  }

  /// Asks for the header section alone.
  void look() {
    begin_mail();
    looking_ = true;
    carry_out(engine_.top(current_.number, 0));
  }

  void retrieve() {
    say("message " + std::to_string(next_) + " of " + std::to_string(messages_.size()) + ", " +
        std::to_string(current_.size_bytes) + " bytes");
    begin_mail();
    carry_out(engine_.retrieve(current_.number));
  }

  void begin_mail() {
    mail_.emplace(node_, CollectedMail::Remote{settings_.pop3.server().host, "POP3",
                                               settings_.routing.options.ignore_mbox_from});
    ended_ = false;
  }

  void on(pop3::ContentBytes& content) {
    if (!mail_ || drop_ || (looking_ && mail_->has_head())) return;
    mail_->add(content.bytes);
    if (looking_) return;
    if (!mail_->is_open() && mail_->has_head()) open_mail();
    if (!drop_) upload();
  }

  /// The header section of a message that is being fetched is there.
  void open_mail() {
    if (work_.uses_rules() && !judged_) {
      judged_ = work_.judge(listed(), mail_->head(), wanted_);
      // What came is more than the rules want.
      drop_ = judged_->decision.meaning().fetch != routing::Fetch::whole;
      if (drop_) return;
    }
    mail_->open(judged_ ? judged_->own_fields : std::string());
  }

  void on(pop3::MessageEnd&) {
    if (!mail_) return;
    if (std::exchange(looking_, false)) return too_large_ ? tell_too_large() : decide();
    if (!mail_->is_open() && !drop_) open_mail();
    if (drop_) return obey();
    ended_ = true;
    busy_ = true;
    content_digest_ = mail_->digest();
    if (!wanted_ && work_.is_duplicate(content_digest_)) return skip_duplicate();
    upload();
  }

  // ---- what becomes of it ----

  /// The header section is there, the message is not.
  void decide() {
    judged_ = work_.judge(listed(), mail_->head(), wanted_);
    if (judged_->decision.meaning().fetch == routing::Fetch::whole) return retrieve();
    obey();
  }

  /// Anything but the whole message.
  void obey() {
    const routing::ActionMeaning& meaning = judged_->decision.meaning();
    if (meaning.fetch == routing::Fetch::headers) return deliver_headers();
    if (meaning.fate == routing::RemoteFate::when_old) {
      if (work_.ignored_long_enough(listed())) return erase();
      ++report_.left;
      return next_message();
    }
    if (meaning.notice == routing::DownloadNotice::none) return erase();
    busy_ = true;
    work_.tell(listed(), mail_->head(), *judged_, [this](bool stored) { told(stored); });
  }

  void tell_too_large() {
    busy_ = true;
    work_.tell_too_large(listed(), mail_ ? mail_->head() : std::string_view(), [this](bool) {
      busy_ = false;
      if (over_) return;
      ++report_.left;
      next_message();
    });
  }

  /// A question leaves the message where it is, a warning goes before its end.
  void told(bool stored) {
    busy_ = false;
    if (over_) return;
    if (stored && judged_->decision.meaning().fate == routing::RemoteFate::at_once) return erase();
    ++(stored ? report_.left : report_.failed);
    next_message();
  }

  /// The header section as a message of its own.
  void deliver_headers() {
    const std::string_view head = mail_->head();
    const auto end = head.find("\r\n\r\n");
    CollectedMail headers(node_, {settings_.pop3.server().host, "POP3", false});
    headers.add(end == std::string_view::npos ? std::string(head) + "\r\n"
                                              : std::string(head.substr(0, end + 4)));
    headers.open(judged_->own_fields);
    busy_ = true;
    work_.deliver(std::move(headers), listed(), {}, judged_, [this](bool stored) { delivered(stored); });
  }

  void skip_duplicate() {
    mail_.reset();
    ++report_.duplicates;
    work_.log("message " + std::to_string(current_.number) +
              " was collected before; it is not delivered again");
    work_.skip_duplicate(listed(), content_digest_, [this](bool) { settled(); });
  }

  void upload() {
    if (uploading_ || !mail_ || !mail_->is_open()) return;
    auto chunk = mail_->take_chunk();
    if (!chunk && ended_) chunk = mail_->take_last_chunk();
    if (!chunk) {
      if (ended_) deliver();
      return;
    }
    uploading_ = busy_ = true;
    auto unit = std::make_shared<storage::WriteUnit>();
    unit->emplace_back(std::move(*chunk));
    request(node_.handles()->writer, caf::infinite, WriteMail{std::move(unit), 0, {}})
        .then(
            [this](const WriteAnswer& answer) {
              uploading_ = false;
              if (!*answer.result) return end(answer.result->error());
              if (!ended_) busy_ = false;
              upload();
              if (!busy_ && socket().is_open()) socket().resume();
            },
            [this](const caf::error&) { end(unavailable("the writer has ended")); });
  }

  void deliver() {
    ended_ = false;
    CollectedMail mail = std::move(*mail_);
    mail_.reset();
    work_.deliver(std::move(mail), listed(), content_digest_, judged_,
                  [this](bool stored) { delivered(stored); });
  }

  void delivered(bool stored) {
    if (stored) {
      ++report_.fetched;
      return settled();
    }
    ++report_.failed;
    busy_ = false;
    if (!over_) next_message();
  }

  /// After the commit: now, and not earlier, the remote copy may go.
  void settled() {
    busy_ = false;
    if (over_) return;
    const bool at_once = judged_ && judged_->decision.meaning().fate == routing::RemoteFate::at_once;
    if (at_once || settings_.pop3.leave_days == 0) return erase();
    ++report_.left;
    next_message();
  }

  // ---- end ----

  void end(Error error) {
    if (std::exchange(over_, true)) return;
    if (error.reason.empty()) {
      report_.last_result = "Connection successful";
    } else {
      report_.outcome = Outcome::failure(error);
      report_.last_result = error.text();
      ++node_.counters.collections_failed;
    }
    work_.note_result(report_, [this, error = std::move(error)](Result<void> noted) {
      if (!noted) work_.log(noted.error().text());
      finish(error);
      quit();
    });
  }
  void finish(const Error& error) {
    work_.log(error.reason.empty() ? "finished: fetched=" + std::to_string(report_.fetched) +
                                         " deleted=" + std::to_string(report_.deleted) +
                                         " left=" + std::to_string(report_.left)
                                   : "failed: " + error.text());
    if (promise_.pending()) promise_.deliver(report_);
  }

  void say(const std::string& line) {
    if (progress_) progress_(settings_.name + ": " + line);
  }

  Node& node_;
  ResolverActor resolver_;
  conf::CollectorSettings settings_;
  TlsContext tls_;
  std::string session_;
  CollectorWork work_;
  pop3::ClientSession engine_;
  Counted counted_;
  caf::typed_response_promise<CollectReport> promise_;
  std::function<void(const std::string&)> progress_;
  CollectReport report_;
  std::deque<std::string> addresses_;
  Error last_failure_ = unavailable("the server has no address");
  std::vector<pop3::RemoteMessage> messages_;
  std::size_t next_ = 0;
  std::vector<std::string> erased_;
  // the message that is dealt with
  pop3::RemoteMessage current_;
  std::optional<CollectedMail> mail_;
  std::optional<Judged> judged_;
  std::string content_digest_;
  bool wanted_ = false;  // somebody asked for it
  bool too_large_ = false;
  bool looking_ = false;  // only its header section comes
  bool drop_ = false;     // its body is not wanted
  bool ended_ = false, uploading_ = false;
  bool busy_ = false;  // an answer is awaited: the server has to wait
  bool top_works_ = true, over_ = false;
};

}  // namespace

CollectorActor spawn_pop3_collector(Reactor& reactor, Node& node, ResolverActor resolver,
                                    const conf::CollectorSettings& settings, TlsContext tls) {
  return spawn_pinned<Pop3Collector>(reactor, -1, std::ref(node), std::move(resolver), settings,
                                     std::move(tls));
}

}  // namespace stagecoach
