// A non-blocking stream socket on a reactor, plain or TLS (OpenSSL on the socket), with back-pressure:
// reading stops while the owner is paused, and the owner asks congested() before it produces more. Everything
// happens on the reactor's thread. The owner is told through StreamOwner; it must outlive the socket's
// registration.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
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

/// A SOCKS server (version 4, protocols/socks) on the way to all others.
struct SocksProxy {
  std::string host;  // as the configuration names it
  std::string ip;    // its address
  int port = 1080;
  std::string user;  // empty: none
};

/// An open connection that changes hands: whoever holds it must give it to a StreamSocket. A descriptor alone
/// is one, too.
struct OpenSocket {
  OpenSocket(int fd) : fd(fd) {}  // NOLINT: implicit by design
  int fd = -1;
  SSL* ssl = nullptr;
  std::string peer_ip = {};  // behind a proxy; empty: the descriptor knows
  int peer_port = 0;
};

class StreamSocket : public IoHandler {
 public:
  static constexpr std::size_t k_high_water = 256 * 1024, k_low_water = 64 * 1024;

  /// Takes over `open`, which is non-blocking; -1 for one that connect() makes.
  StreamSocket(Reactor& reactor, StreamOwner& owner, const OpenSocket& open);
  ~StreamSocket() override { close(); }

  void open();  // begins to read
  /// Connects to a numeric address, through `proxy` if there is one; on_connected() or on_closed() follows.
  void connect(const std::string& ip, int port, const std::optional<SocksProxy>& proxy = std::nullopt);
  /// From now on connect() begins at this address of the machine; empty: at whichever fits.
  void bind_to(std::string own_ip) { own_ip_ = std::move(own_ip); }
  /// Gives the connection away, with its TLS state. Nothing may be left to write; this object is closed then.
  OpenSocket release();
  /// Whether the peer has sent something that nobody has read yet.
  bool has_input();

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
  /// `prepare`: sets up what a client asks of the server (tls_check.h), instead of `server_name`.
  void start_tls(const TlsContext& context, bool server, const std::string& server_name = {},
                 const std::function<void(SSL*)>& prepare = {});
  /// Of the last handshake: X509_V_OK, or what is wrong with the certificate of the other side.
  long verify_result() const { return verify_result_; }
  bool tls() const { return ssl_ != nullptr; }
  SSL* ssl() const { return ssl_; }
  std::string tls_description() const;  // "TLSv1.3 TLS_AES_256_GCM_SHA384", or empty

  void set_timeout(std::chrono::seconds after) { reactor_.set_deadline(*this, after); }
  /// "192.0.2.1", and the port apart. Behind a proxy: those of the target.
  std::string peer_ip() const;
  int peer_port() const;

  // Called by the actor around it, in its context.
  void handle_io(std::uint32_t events);

 protected:
  void on_io(std::uint32_t events) override { handle_io(events); }
  void on_deadline() override { owner_.on_timeout(); }

 private:
  /// The way through a proxy, and who is behind it.
  struct Proxied {
    std::string ip;
    int port = 0;
    std::string request, reply;  // of the SOCKS exchange; request is empty when it is over
  };

  bool open_towards(const std::string& ip, int port);
  void go_on_connecting(std::uint32_t events);
  void negotiate(std::uint32_t events);
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
  long verify_result_ = 0;
  std::string own_ip_;
  std::string output_;
  std::size_t sent_ = 0;
  std::unique_ptr<Proxied> proxied_;  // null: without one
  bool registered_ = false, connecting_ = false, handshaking_ = false, tls_broken_ = false;
  bool paused_ = false, closing_ = false, want_drain_ = false, in_io_ = false, stalled_input_ = false;
};

}  // namespace stagecoach
