// An actor that owns one stream socket: a session of any protocol, or a client's side of one. The socket's
// events come in the context of the actor, on its reactor's thread.
#pragma once

#include "actors/stream_socket.h"

namespace stagecoach {

template <class Base>
class Connection : public PinnedActor<Base>, protected StreamOwner {
 public:
  template <class... Ts>
  Connection(caf::actor_config& config, Reactor& reactor, const OpenSocket& open, Ts&&... arguments)
      : PinnedActor<Base>(config, reactor, std::forward<Ts>(arguments)...), socket_(*this, reactor, open) {}

  void on_exit() override {
    socket_.close();
    if (self_) this->reactor_.retire(std::move(self_));
  }

 protected:
  /// In make_behavior(): the actor lives until its socket is closed and quit() was called.
  void keep_alive() { self_ = caf::strong_actor_ptr{this->ctrl()}; }

  StreamSocket& socket() { return socket_; }

 private:
  class Socket : public StreamSocket {
   public:
    Socket(Connection& actor, Reactor& reactor, const OpenSocket& open)
        : StreamSocket(reactor, actor, open), actor_(actor) {}

   protected:
    void on_io(std::uint32_t events) override {
      actor_.in_context([this, events] { handle_io(events); });
    }
    void on_deadline() override {
      actor_.in_context([this] { actor_.on_timeout(); });
    }

   private:
    Connection& actor_;
  };

  Socket socket_;
  caf::strong_actor_ptr self_;
};

}  // namespace stagecoach
