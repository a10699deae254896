// What the server's sessions of all protocols have in common: the socket and its service, TLS from the first
// byte, the idle time-out, the log, the end. A protocol adds its engine and carries out what that asks for.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "actors/connection.h"
#include "actors/service.h"

namespace stagecoach {

class Session : public Connection<SessionActor::base> {
 public:
  behavior_type make_behavior() override;
  void on_exit() override;

 protected:
  /// `area` names the protocol in the log; its first letter begins the session's number.
  Session(caf::actor_config& config, Reactor& reactor, const OpenSocket& open, Node& node, ServicePtr service,
          const char* area, Counter& sessions);

  // ---- what a protocol does ----

  virtual void greet(bool tls) = 0;
  virtual void tls_started() = 0;  // STARTTLS is done
  virtual void take_input(std::string_view bytes) = 0;
  virtual bool is_waiting() const = 0;  // for an answer of ours: the client is not to blame
  virtual void timed_out() = 0;         // says so to the client; the session ends soon after
  virtual void shut_down() = 0;         // the same, because the server stops
  virtual void on_news(const MailboxNews&) {}
  virtual std::string summary() const = 0;  // for the line that logs the end: "messages=3"
  /// Messages that came or went, for the history.
  struct Tally {
    std::int64_t messages = 0, bytes = 0;
  };
  virtual Tally tally() const { return {}; }

  // ---- what it may use ----

  Node& node() const { return node_; }
  const conf::ServiceSettings& settings() const { return service_->settings; }
  const Service& service() const { return *service_; }
  const std::string& peer_ip() const { return peer_ip_; }
  const std::string& number() const { return number_; }  // as the log shows it
  const std::string& service_name() const { return service_->settings.name; }
  /// A user has logged in; he counts as logged in until the session ends.
  void note_login(UserId user, std::string name) {
    login_ = node_.logins.sign_in(user, {area_, peer_ip_});
    user_name_ = std::move(name);
  }
  void start_tls() { socket().start_tls(service_->tls, true); }
  void log(const std::string& text) const { node_.log.info(area_, number_, text); }
  /// At the end of each batch of events: stops or goes on reading from the client, or takes leave of it when
  /// the server has been told to stop meanwhile.
  void set_paused(bool paused);

 private:
  void on_input(std::string_view bytes) final;
  void on_tls_ready() final;
  void on_timeout() final;
  void on_closed(const Error& why) final;
  void tell_history();
  void arm_timeout() { socket().set_timeout(service_->settings.effective_idle_timeout()); }

  Node& node_;
  ServicePtr service_;
  const char* area_;
  std::string peer_ip_, number_;
  std::string user_name_;          // once he has logged in
  std::string end_ = "timed out";  // why the session is over
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  Counted counted_, service_counted_;
  LoginBook::Login login_;
  int waits_ = 0;  // time-outs while an answer was pending
  bool greeted_ = false, ending_ = false, stopping_ = false;
};

}  // namespace stagecoach
