// An actor's way to a remote server: its addresses one after the other, through a proxy where there is one,
// TLS from the first byte where that is wanted. What is said then is up to the actor.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "actors/connection.h"
#include "actors/resolver.h"
#include "conf/sender_settings.h"

namespace stagecoach {

template <class Base>
class RemoteConnection : public Connection<Base> {
 public:
  RemoteConnection(caf::actor_config& config, Reactor& reactor, ResolverActor resolver)
      : Connection<Base>(config, reactor, -1), resolver_(std::move(resolver)) {}

  void on_exit() override {
    resolver_ = nullptr;
    Connection<Base>::on_exit();
  }

 protected:
  struct Way {
    conf::HostPort server;
    TlsContext tls;          // may be null: then without TLS
    bool tls_first = false;  // before anything is said
    std::optional<SocksProxy> proxy;
  };

  // ---- what the actor is told ----

  virtual void on_tcp() {}                       // the server has taken the connection
  virtual void on_line() = 0;                    // it can be spoken to
  virtual void on_no_way(const Error& why) = 0;  // no address takes a connection
  virtual void on_lost(const Error& why) = 0;    // the connection is over
  virtual void on_tls() = 0;                     // the handshake after start_tls() is done
  virtual void on_silence() = 0;                 // the time-out has passed

  // ---- what it does ----

  void reach(Way way) {
    way_ = std::move(way);
    reached_ = speaks_ = false;
    failure_ = unavailable("the server has no address");
    const auto attempt = ++attempt_;
    this->request(resolver_, caf::infinite, ResolveHost{way_.server.host})
        .then(
            [this, attempt](const HostAnswer& answer) {
              if (attempt != attempt_) return;
              if (!answer.outcome.ok) return on_no_way(answer.outcome.error);
              addresses_.assign(answer.addresses.begin(), answer.addresses.end());
              next_address();
            },
            [this, attempt](const caf::error&) {
              if (attempt == attempt_) on_no_way(unavailable("the resolver has ended"));
            });
  }
  void start_tls() { this->socket().start_tls(way_.tls, false, way_.server.host); }
  void hang_up() {
    ++attempt_;
    addresses_.clear();
    this->socket().close();
    reached_ = speaks_ = false;
  }
  const ResolverActor& resolver() const { return resolver_; }

 private:
  void next_address() {
    if (addresses_.empty()) return on_no_way(failure_);
    const std::string ip = addresses_.front();
    addresses_.pop_front();
    this->socket().set_timeout(std::chrono::seconds(60));
    this->socket().connect(ip, way_.server.port, way_.proxy);
  }

  void on_connected() final {
    reached_ = true;
    on_tcp();
    if (way_.tls_first && way_.tls) return start_tls();
    speaks_ = true;
    on_line();
  }
  void on_tls_ready() final {
    if (std::exchange(speaks_, true)) return on_tls();
    on_line();
  }
  void on_timeout() final {
    if (reached_) return on_silence();
    this->socket().close();
    failure_ = unavailable("no answer to the connection");
    next_address();
  }
  void on_closed(const Error& why) final {
    if (std::exchange(reached_, false)) return on_lost(why);
    failure_ = why;
    next_address();
  }

  ResolverActor resolver_;
  Way way_;
  std::deque<std::string> addresses_;
  Error failure_;
  std::uint64_t attempt_ = 0;  // an answer of an earlier one does not count
  bool reached_ = false, speaks_ = false;
};

}  // namespace stagecoach
