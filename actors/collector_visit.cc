#include "actors/collector_visit.h"

#include "actors/serialisation.h"
#include "actors/tokens.h"

namespace stagecoach {

namespace {

constexpr auto k_timeout = std::chrono::seconds(300);
constexpr std::size_t k_remarks_bytes_max = 500;

}  // namespace

CollectorVisit::CollectorVisit(caf::actor_config& config, Reactor& reactor, Node& node,
                               ResolverActor resolver, const conf::CollectorSettings& settings,
                               TlsContext tls, Protocol protocol)
    : RemoteConnection(config, reactor, std::move(resolver)),
      node_(node),
      settings_(settings),
      tls_(std::move(tls)),
      protocol_(std::move(protocol)),
      session_(node.next_session('c')),
      work_(this, node, settings, session_),
      dialogue_(node.log, "collect", session_, settings.log_data, protocol_.dialogue),
      counted_(node.counters.client_sessions) {}

CollectorVisit::behavior_type CollectorVisit::make_behavior() {
  keep_alive();
  return {[this](const Collect& collect) -> caf::result<CollectReport> {
    task_ = collect;
    promise_ = make_response_promise<CollectReport>();
    work_.load([this](Result<void> loaded) {
      if (!loaded) return end(std::move(loaded.error()));
      begin();
    });
    return promise_;
  }};
}

void CollectorVisit::on_exit() {
  if (promise_.pending()) finish(unavailable("the collector has ended"));
  RemoteConnection::on_exit();
}

// ---- the way to the server ----

void CollectorVisit::begin() {
  if (settings_.pop3.auth != conf::CollectorAuth::xoauth2) {
    secret_ = settings_.pop3.password.value;
    return connect();
  }
  find_token(this, node_.handles()->tokens, {settings_.oauth, {}}, [this](const TokenAnswer& answer) {
    if (!answer.outcome.ok) return end(answer.outcome.error);
    secret_ = answer.token;
    connect();
  });
}

void CollectorVisit::connect() {
  const conf::HostPort& server = protocol_.server;
  say("connecting to " + server.host + ":" + std::to_string(server.port));
  reach({server, tls_, settings_.pop3.encryption == conf::ClientTls::ssl, task_.proxy});
}

/// An access token may have been withdrawn before its time: one more is asked for.
void CollectorVisit::login_refused(Error error) {
  if (settings_.pop3.auth != conf::CollectorAuth::xoauth2 || std::exchange(asked_again_, true))
    return end(std::move(error));
  hang_up();
  find_token(this, node_.handles()->tokens, {settings_.oauth, secret_},
             [this, error](const TokenAnswer& answer) {
               if (!answer.outcome.ok || answer.token == secret_) return end(error);
               secret_ = answer.token;
               connect();
             });
}

void CollectorVisit::on_line() {
  socket().set_timeout(k_timeout);
  begin_session(secret_);
}

void CollectorVisit::on_input(std::string_view bytes) {
  socket().set_timeout(k_timeout);
  dialogue_.received(bytes);
  received(bytes);
}

void CollectorVisit::on_silence() {
  if (busy_) return socket().set_timeout(k_timeout);
  timed_out();
}

void CollectorVisit::on_lost(const Error& why) {
  if (!over_ && !leaving_) line_lost(why);
  if (!over_ && !leaving_) end(why);
}

void CollectorVisit::write(std::string_view bytes) {
  dialogue_.sent(bytes);
  socket().write(bytes);
}

void CollectorVisit::read_on() {
  if (!socket().is_open()) return;
  if (busy_)
    socket().pause();
  else
    socket().resume();
}

// ---- end ----

void CollectorVisit::leave(const std::vector<std::string>& gone) {
  leaving_ = true;
  work_.retire(gone, CollectorWork::Retire::all, [this](Result<void>) { end(Error{}); });
}

void CollectorVisit::end(Error error) {
  if (std::exchange(over_, true)) return;
  if (error.reason.empty()) {
    report_.last_result = "Connection successful" + remarks_;
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

void CollectorVisit::finish(const Error& error) {
  work_.log(error.reason.empty()
                ? "finished: fetched=" + std::to_string(report_.fetched) +
                      " deleted=" + std::to_string(report_.deleted) + " left=" + std::to_string(report_.left)
                : "failed: " + error.text());
  if (promise_.pending()) promise_.deliver(report_);
}

void CollectorVisit::remark(const std::string& text) {
  if (remarks_.size() < k_remarks_bytes_max) remarks_ += "; " + text;
}

void CollectorVisit::say(const std::string& line) {
  if (task_.progress) task_.progress(settings_.name + ": " + line);
}

}  // namespace stagecoach
