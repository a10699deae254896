#include "actors/session.h"

#include "actors/serialisation.h"

namespace stagecoach {

namespace {
constexpr int k_waits_max = 3;                          // time-outs that an answer of ours may take
constexpr auto k_last_words = std::chrono::seconds(5);  // for the last reply to leave
}  // namespace

Session::Session(caf::actor_config& config, Reactor& reactor, const OpenSocket& open, Node& node,
                 ServicePtr service, const char* area, Counter& sessions)
    : Connection(config, reactor, open),
      node_(node),
      service_(std::move(service)),
      area_(area),
      peer_ip_(socket().peer_ip()),
      number_(node.next_session(area[0])),
      counted_(sessions),
      service_counted_(service_->sessions) {}

Session::behavior_type Session::make_behavior() {
  keep_alive();
  socket().open();
  arm_timeout();
  if (node_.config()->log.log_sessions)
    log("connected: service=" + service_name() + " peer=" + peer_ip_ + ":" +
        std::to_string(socket().peer_port()));
  if (service_->implicit_tls()) {
    start_tls();
  } else {
    greeted_ = true;
    greet(socket().tls());  // turned connections may be encrypted already
  }
  return {[this](const MailboxNews& news) { on_news(news); },
          [this](const ShutDown&) {
            stopping_ = is_waiting();
            if (!stopping_) shut_down();
          }};
}

void Session::on_exit() {
  tell_history();
  login_ = LoginBook::Login();
  Connection::on_exit();
}

/// Visits to web pages are no sessions of a user.
void Session::tell_history() {
  if (settings().protocol == conf::Protocol::http) return;
  const auto lasted = std::chrono::steady_clock::now() - began_;
  const Tally total = tally();
  node_.ended_sessions.add({now_microseconds(), service_name(), user_name_, peer_ip_,
                            std::chrono::duration_cast<std::chrono::seconds>(lasted).count(), total.messages,
                            total.bytes, end_});
}

void Session::set_paused(bool paused) {
  if (!socket().is_open()) return;
  if (stopping_ && !is_waiting()) {
    stopping_ = false;
    return shut_down();
  }
  if (paused)
    socket().pause();
  else
    socket().resume();
}

void Session::on_input(std::string_view bytes) {
  waits_ = 0;
  arm_timeout();
  take_input(bytes);
}

void Session::on_tls_ready() {
  ++node_.counters.tls_handshakes;
  if (std::exchange(greeted_, true))
    tls_started();
  else
    greet(true);
}

void Session::on_timeout() {
  if (is_waiting() && ++waits_ < k_waits_max) return arm_timeout();
  // Second time: the client does not take the last reply. Waiting: whoever owed the answer is gone.
  if (std::exchange(ending_, true) || is_waiting()) return quit();
  log("timed out");
  timed_out();
  if (socket().is_open()) socket().set_timeout(k_last_words);
}

void Session::on_closed(const Error& why) {
  if (node_.config()->log.log_sessions) log("ended: " + summary() + " reason=" + why.reason);
  end_ = why.reason;
  quit();
}

}  // namespace stagecoach
