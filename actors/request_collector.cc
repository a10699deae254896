#include "actors/request_collector.h"

#include "actors/collector_server.h"
#include "actors/serialisation.h"

namespace stagecoach {

RequestCollector::RequestCollector(caf::actor_config& config, Reactor& reactor, Node& node,
                                   ResolverActor resolver, const conf::CollectorSettings& settings,
                                   TlsContext tls)
    : RemoteConnection(config, reactor, std::move(resolver)),
      node_(node),
      settings_(settings),
      tls_(std::move(tls)),
      session_(node.next_session('c')),
      work_(this, node, settings, session_),
      counted_(node.counters.client_sessions),
      dialogue_(node.log, "collect", session_, settings.log_data, DialogueProtocol::smtp) {}

RequestCollector::behavior_type RequestCollector::make_behavior() {
  keep_alive();
  return {[this](const Collect& collect) -> caf::result<CollectReport> {
    task_ = collect;
    promise_ = make_response_promise<CollectReport>();
    begin();
    return promise_;
  }};
}

void RequestCollector::on_exit() {
  if (promise_.pending()) promise_.deliver(report_);
  RemoteConnection::on_exit();
}

smtp::ClientSettings RequestCollector::client_settings() const {
  const ConfigPtr config = node_.config();
  const conf::SenderTimeouts& timeouts = config->sender_timeouts;
  smtp::ClientSettings settings;
  settings.ehlo_name = config->server.hostname;
  settings.tls = smtp::TlsPolicy::none;
  settings.timeouts.greeting = timeouts.banner;
  settings.timeouts.ehlo = timeouts.helo;
  settings.timeouts.starttls = timeouts.starttls;
  settings.timeouts.auth = timeouts.auth;
  settings.timeouts.auth_login = timeouts.auth_login;
  settings.timeouts.auth_cram_md5 = timeouts.auth_crammd5;
  settings.timeouts.question = timeouts.etrn;
  settings.timeouts.quit = timeouts.quit;
  return settings;
}

// ---- the way to the server ----

void RequestCollector::ask(Question question) {
  asking_ = true;
  Way way{collector_server(settings_), tls_, question.settings->tls == smtp::TlsPolicy::implicit,
          task_.proxy};
  engine_.emplace(question.kind, question.argument, std::move(question.settings), random_bytes(24));
  say("connecting to " + way.server.host + ":" + std::to_string(way.server.port) +
      (way.proxy ? " through the SOCKS server " + way.proxy->host : ""));
  reach(std::move(way));
}

void RequestCollector::on_line() {
  if (socket().tls()) ++node_.counters.tls_handshakes;
  carry_out(engine_->connected());
  if (asking_) socket().set_timeout(engine_->timeout());
}

/// A time-out without a connection comes here, too.
void RequestCollector::on_no_way(const Error& why) {
  if (over_) return;
  if (!asking_) return deadline_passed();
  end(why);
}

void RequestCollector::on_lost(const Error& why) {
  if (!over_ && asking_) carry_out(engine_->connection_lost(why));
}

void RequestCollector::on_tls() {
  ++node_.counters.tls_handshakes;
  carry_out(engine_->tls_started());
}

void RequestCollector::on_silence() {
  if (!over_ && asking_) carry_out(engine_->timed_out());
}

void RequestCollector::on_input(std::string_view bytes) {
  dialogue_.received(bytes);
  carry_out(engine_->receive(bytes));
}

// ---- the engine ----

void RequestCollector::carry_out(smtp::RequestEvents events) {
  for (smtp::RequestEvent& event : events) {
    if (over_ || !asking_) return;
    std::visit([this](auto& one) { on(one); }, event);
  }
  // A server that sends a byte now and then does not get more time by that.
  if (!events.empty() && asking_ && socket().is_open()) socket().set_timeout(engine_->timeout());
}

void RequestCollector::on(smtp::Output& output) {
  dialogue_.sent(output.bytes);
  if (socket().is_open()) socket().write(output.bytes);
}

void RequestCollector::on(smtp::StartTls&) { start_tls(); }

void RequestCollector::on(smtp::RequestTurned&) {
  asking_ = false;
  if (socket().has_input())
    return end(invalid_input("the server went on speaking when the roles had been exchanged"));
  turned(**answer_);
}

void RequestCollector::on(smtp::Close&) {
  asking_ = false;
  hang_up();
  answered(std::move(*answer_));
}

// ---- the end ----

void RequestCollector::end(const Error& error, const std::string& result) {
  if (std::exchange(over_, true)) return;
  hang_up();
  report_.last_result = error.reason.empty() ? result : error.text();
  if (!error.reason.empty()) {
    report_.outcome = Outcome::failure(error);
    ++node_.counters.collections_failed;
  }
  work_.log(error.reason.empty() ? "finished: " + result : "failed: " + error.text());
  work_.note_result(report_, [this](Result<void> noted) {
    if (!noted) work_.log(noted.error().text());
    if (promise_.pending()) promise_.deliver(report_);
    quit();
  });
}

void RequestCollector::say(const std::string& line) {
  if (task_.progress) task_.progress(settings_.name + ": " + line);
}

}  // namespace stagecoach
