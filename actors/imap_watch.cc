#include "actors/imap_watch.h"

#include <algorithm>

#include "actors/collector_server.h"
#include "actors/dialogue_log.h"
#include "actors/imap_settings.h"
#include "actors/remote_connection.h"
#include "actors/serialisation.h"
#include "actors/socks_proxy.h"
#include "actors/tls.h"
#include "actors/tokens.h"
#include "protocols/imap/folder_name.h"

namespace stagecoach {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto k_first_wait = 5s, k_longest_wait = 300s;
constexpr auto k_timeout = 60s;
constexpr auto k_idle_time = 600s;  // RFC 2177 asks for less than 29 minutes; a dead line shows sooner
constexpr auto k_pause_look = 5s;   // how often it is asked whether the schedule is still paused

class ImapWatch : public RemoteConnection<ImapWatchActor::base> {
 public:
  ImapWatch(caf::actor_config& config, Reactor& reactor, Node& node, ResolverActor resolver,
            const conf::CollectorSettings& settings, TlsContext tls)
      : RemoteConnection(config, reactor, std::move(resolver)),
        node_(node),
        settings_(settings),
        tls_(std::move(tls)),
        session_(node.next_session('w')),
        dialogue_(node.log, "collect", session_, settings.log_data, DialogueProtocol::imap) {}

  behavior_type make_behavior() override {
    keep_alive();
    wake_in(1s);
    return {[this](caf::tick_atom) { wake(); }};
  }
  const char* name() const override { return "imap_watch"; }

 private:
  enum class State : std::uint8_t { waiting, connecting, watching, useless };

  void log(const std::string& text) const {
    node_.log.info("collect", session_, settings_.name + ": " + text);
  }

  void wake_in(std::chrono::seconds after) {
    wake_at_ = Clock::now() + after;
    delayed_send(this, after, caf::tick_atom_v);
  }
  void wake() {
    if (Clock::now() + 100ms < wake_at_) return;  // another tick is on its way
    if (node_.schedule_paused && state_ != State::useless) return wake_in(k_pause_look);
    if (state_ == State::waiting) connect();
    if (news_) visit();
  }

  // ---- the connection ----

  void connect() {
    state_ = State::connecting;
    find_proxy(this, resolver(), proxy_of(*node_.config(), settings_.connections.front()),
               [this](Result<std::optional<SocksProxy>> proxy) {
                 if (!proxy) return retry(proxy.error());
                 proxy_ = std::move(*proxy);
                 find_secret();
               });
  }
  void find_secret() {
    if (settings_.pop3.auth != conf::CollectorAuth::xoauth2) return call(settings_.pop3.password.value);
    find_token(this, node_.handles()->tokens, {settings_.oauth, refused_token_},
               [this](const TokenAnswer& answer) {
                 if (!answer.outcome.ok) return retry(answer.outcome.error);
                 call(answer.token);
               });
  }
  void call(const std::string& secret) {
    secret_ = secret;
    engine_.reset();
    reach({collector_server(settings_), tls_, settings_.pop3.encryption == conf::ClientTls::ssl, proxy_});
  }

  void on_line() override {
    socket().set_timeout(k_timeout);
    engine_.emplace(imap_settings(settings_.pop3, secret_, tls_ != nullptr));
    carry_out(engine_->connected());
  }
  void on_input(std::string_view bytes) override {
    dialogue_.received(bytes);
    if (engine_) carry_out(engine_->receive(bytes));
  }
  void on_tls() override { carry_out(engine_->tls_started()); }
  void on_no_way(const Error& why) override { retry(why); }
  void on_lost(const Error& why) override {
    if (engine_) carry_out(engine_->connection_lost(why));
    if (state_ == State::connecting || state_ == State::watching) retry(why);
  }
  /// IDLE begins anew from time to time, so that a dead line shows itself.
  void on_silence() override {
    if (!engine_) return retry(unavailable("the server does not answer"));
    if (!std::exchange(idling_, false)) return carry_out(engine_->timed_out());
    socket().set_timeout(k_timeout);
    carry_out(engine_->end_idle());
  }

  void retry(const Error& why) {
    if (state_ == State::useless) return hang_up();
    log("watching has failed, the next attempt is in " + std::to_string(wait_.count()) + " s: " + why.text());
    hang_up();
    idling_ = false;
    state_ = State::waiting;
    wake_in(wait_);
    wait_ = std::min(wait_ * 2, k_longest_wait);
  }

  // ---- the session ----

  void carry_out(imap::ClientEvents events) {
    for (imap::ClientEvent& event : events) std::visit([this](auto& one) { on(one); }, event);
    if (socket().is_open()) socket().resume();
  }

  void on(imap::Output& output) {
    dialogue_.sent(output.bytes);
    socket().write(output.bytes);
  }
  void on(imap::StartTls&) { start_tls(); }
  void on(imap::CloseConnection&) { socket().close(); }
  void on(imap::Failed& failed) {
    refused_token_ = failed.login_refused ? secret_ : std::string();
    retry(failed.error);
  }
  void on(imap::Finished&) {}
  void on(imap::Ready& ready) {
    refused_token_.clear();
    if (ready.has_idle) return carry_out(engine_->open(imap::to_utf7(settings_.imap.folders.front()), true));
    log("the server has no IDLE: new mail is fetched when a connection runs");
    state_ = State::useless;
    carry_out(engine_->logout());
  }
  void on(imap::FolderReady& ready) {
    const bool is_same =
        ready.uid_next != 0 && ready.uid_next == last_.uid_next && ready.uid_validity == last_.uid_validity;
    news_ = news_ || (ready.messages > 0 && !is_same);
    last_ = ready;
    carry_out(engine_->idle());
  }
  void on(imap::CommandFailed& failed) { retry(failed.error); }
  void on(imap::IdleBegun&) {
    if (state_ != State::watching) log("waits for new mail");
    state_ = State::watching;
    idling_ = true;
    wait_ = k_first_wait;
    socket().set_timeout(k_idle_time);
    if (news_) visit();
  }
  void on(imap::IdleEnded&) {
    if (idling_) return retry(unavailable("the server has ended IDLE"));
    socket().set_timeout(k_timeout);
    carry_out(engine_->idle());
  }
  void on(imap::MessagesArrived&) {
    news_ = true;
    visit();
  }
  // those of a visit
  void on(imap::FoldersListed&) {}
  void on(imap::MessagesListed&) {}
  void on(imap::ContentBytes&) {}
  void on(imap::MessageEnd&) {}
  void on(imap::MessagesGone&) {}

  // ---- visits ----

  void visit() {
    if (visiting_) return;  // its end looks for news
    if (node_.schedule_paused) return wake_in(k_pause_look);
    visiting_ = true;
    news_ = false;
    request(caf::actor_cast<ConnectionsActor>(node_.handles()->connections), caf::infinite,
            CollectNow{settings_.name})
        .then([this](const CollectNowResult& result) { visited(result.ok); },
              [this](const caf::error&) { visited(false); });
  }
  /// News that came in the meantime may have come too late for the visit.
  void visited(bool ok) {
    visiting_ = false;
    if (ok) visit_wait_ = k_first_wait;
    if (ok && news_) return wake_in(1s);
    if (ok) return;
    news_ = true;
    wake_in(visit_wait_);
    visit_wait_ = std::min(visit_wait_ * 2, k_longest_wait);
  }

  Node& node_;
  conf::CollectorSettings settings_;
  TlsContext tls_;
  std::string session_;
  DialogueLog dialogue_;
  std::optional<SocksProxy> proxy_;
  std::optional<imap::ClientSession> engine_;
  State state_ = State::waiting;
  std::string secret_, refused_token_;
  imap::FolderReady last_;  // as the folder was when it was opened last
  std::chrono::seconds wait_ = k_first_wait, visit_wait_ = k_first_wait;
  Clock::time_point wake_at_;
  bool idling_ = false, news_ = false, visiting_ = false;
};

bool wants_watch(const conf::CollectorSettings& collector) {
  return collector.enabled && collector.kind == conf::CollectorKind::imap && collector.imap.idle &&
         !collector.imap.folders.empty() && !collector.connections.empty();
}

}  // namespace

void ImapWatches::update(const conf::Config& config) {
  auto before = std::exchange(watches_, {});
  for (conf::CollectorSettings collector : config.collectors) {
    if (!wants_watch(collector)) continue;
    collector.where = {};  // where it stands in the file does not matter
    if (const auto same = before.find(collector.name);
        same != before.end() && same->second.settings == collector) {
      watches_.insert(before.extract(same));
      continue;
    }
    TlsContext tls;
    if (auto made = make_client_tls(config.tls, collector.pop3.tls_verify)) tls = std::move(*made);
    Watch& watch = watches_[collector.name];
    watch.settings = collector;
    watch.actor =
        spawn_pinned<ImapWatch>(node_.next_reactor(), std::ref(node_), resolver_, collector, std::move(tls));
  }
  for (auto& [name, watch] : before) caf::anon_send_exit(watch.actor, caf::exit_reason::user_shutdown);
}

void ImapWatches::end() {
  for (auto& [name, watch] : watches_) caf::anon_send_exit(watch.actor, caf::exit_reason::user_shutdown);
  watches_.clear();
  resolver_ = nullptr;
}

}  // namespace stagecoach
