// A non-blocking stream socket on a reactor, plain or TLS (OpenSSL on the socket), with back-pressure:
// reading stops while the owner is paused, and the owner asks congested() before it produces more. Everything
// happens on the reactor's thread. The owner is told through StreamOwner; it must outlive the socket's
// registration.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "actors/reactor.h"
#include "routing/model/error.h"

namespace stagecoach {

using TlsContext = std::shared_ptr<SSL_CTX>;

class StreamOwner {
 public:
  virtual ~StreamOwner() = default;
  /// Takes all of the bytes. May call every function of the socket.
  virtual void on_input(std::string_view bytes) = 0;
  virtual void on_connected() {}  // a connect() has succeeded
  virtual void on_tls_ready() {}  // the handshake is done; a client may look at the certificate
  virtual void on_drained() {}    // output fell below the low mark after congested() was true
  virtual void on_timeout() = 0;  // the deadline has passed
  virtual void on_closed(
      const Error& why) = 0;  // by the peer or by a failure; last call, the socket is closed
};

class StreamSocket : public IoHandler {
 public:
  static constexpr std::size_t k_high_water = 256 * 1024, k_low_water = 64 * 1024;

  /// Takes over `fd`, which is non-blocking; -1 for one that connect() makes.
  StreamSocket(Reactor& reactor, StreamOwner& owner, int fd) : reactor_(reactor), owner_(owner), fd_(fd) {}
  ~StreamSocket() override { close(); }

  void open();  // begins to read
  /// Connects to a numeric address; on_connected() or on_closed() follows.
  void connect(const std::string& ip, int port);

  void write(std::string_view bytes);
  /// True: stop producing until on_drained().
  bool congested();
  void pause() { paused_ = true; }
  void resume();
  /// Closes when all output is sent; then on_closed() follows.
  void finish();
  void close();
  bool is_open() const { return fd_ >= 0; }
  std::size_t pending_output() const { return output_.size() - sent_; }

  /// Everything received and not yet handed over is dropped: it came before the handshake.
  void start_tls(const TlsContext& context, bool server, const std::string& server_name = {});
  bool tls() const { return ssl_ != nullptr; }
  SSL* ssl() const { return ssl_; }
  std::string tls_description() const;  // "TLSv1.3 TLS_AES_256_GCM_SHA384", or empty

  void set_timeout(std::chrono::seconds after) { reactor_.set_deadline(*this, after); }
  /// "192.0.2.1", and the port apart.
  std::string peer_ip() const;
  int peer_port() const;

  // Called by the actor around it, in its context.
  void handle_io(std::uint32_t events);

 protected:
  void on_io(std::uint32_t events) override { handle_io(events); }
  void on_deadline() override { owner_.on_timeout(); }

 private:
  void fail(const Error& why);
  void read_some();
  long receive(char* buffer, std::size_t size);
  long transmit(const char* data, std::size_t size);
  bool handshake();
  long tls_outcome(int result);
  void flush();
  bool send_pending();
  void set_interest(std::uint32_t events);
  void release_buffers();

  Reactor& reactor_;
  StreamOwner& owner_;
  int fd_;
  std::uint32_t interest_ = 0;
  SSL* ssl_ = nullptr;
  std::string output_;
  std::size_t sent_ = 0;
  bool registered_ = false, connecting_ = false, handshaking_ = false, tls_broken_ = false;
  bool paused_ = false, closing_ = false, want_drain_ = false, in_io_ = false, stalled_input_ = false;
};

}  // namespace stagecoach
