#include "actors/stream_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "protocols/socks/socks4.h"

namespace stagecoach {

namespace {

constexpr std::size_t k_read_bytes = 65536;
constexpr int k_reads_per_turn = 4;   // fair to the other sockets of the reactor
constexpr int k_drains_per_turn = 8;  // the same for a fast reader
constexpr long k_again = -1, k_dead = -2;

Error system_error(const std::string& what, int code) {
  return unavailable(what + ": " + std::strerror(code));
}

std::string openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "the peer broke the handshake off";
  const char* reason = ERR_reason_error_string(code);
  return reason ? reason : "unknown TLS error";
}

/// ": self-signed certificate"; empty when nothing is wrong with it.
std::string certificate_fault(long verify_result) {
  if (verify_result == X509_V_OK) return {};
  return std::string(": ") + X509_verify_cert_error_string(verify_result);
}

/// A numeric address as the system takes it.
class SocketAddress {
 public:
  bool set(const std::string& ip, int port) {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage_);
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage_);
    if (inet_pton(AF_INET6, ip.c_str(), &v6.sin6_addr) == 1) {
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(static_cast<std::uint16_t>(port));
      size_ = sizeof v6;
    } else if (inet_pton(AF_INET, ip.c_str(), &v4.sin_addr) == 1) {
      v4.sin_family = AF_INET;
      v4.sin_port = htons(static_cast<std::uint16_t>(port));
      size_ = sizeof v4;
    }
    return size_ > 0;
  }
  int family() const { return storage_.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }  // 0: none is set

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

}  // namespace

StreamSocket::StreamSocket(Reactor& reactor, StreamOwner& owner, const OpenSocket& open)
    : reactor_(reactor), owner_(owner), fd_(open.fd), ssl_(open.ssl) {
  if (!open.peer_ip.empty())
    proxied_ = std::make_unique<Proxied>(Proxied{open.peer_ip, open.peer_port, {}, {}});
}

OpenSocket StreamSocket::release() {
  OpenSocket open{fd_};
  open.ssl = ssl_;
  if (proxied_) {
    open.peer_ip = proxied_->ip;
    open.peer_port = proxied_->port;
  }
  reactor_.cancel_deadline(*this);
  if (registered_) reactor_.remove(fd_);
  registered_ = false;
  fd_ = -1;
  ssl_ = nullptr;
  return open;
}

bool StreamSocket::has_input() {
  char byte = 0;
  if (fd_ < 0) return false;
  if (!ssl_) return ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
  ERR_clear_error();
  return SSL_peek(ssl_, &byte, 1) > 0;
}

void StreamSocket::open() {
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  registered_ = true;
  reactor_.add(fd_, this, interest_ = EPOLLIN);
}

void StreamSocket::connect(const std::string& ip, int port, const std::optional<SocksProxy>& proxy) {
  output_.clear();
  sent_ = 0;
  handshaking_ = tls_broken_ = paused_ = closing_ = want_drain_ = in_io_ = stalled_input_ = false;
  proxied_.reset();
  if (!proxy) {
    open_towards(ip, port);
    return;
  }
  auto request = socks::connect_request(ip, port, proxy->user);
  if (!request) return fail(request.error());
  if (open_towards(proxy->ip, proxy->port))
    proxied_ = std::make_unique<Proxied>(Proxied{ip, port, std::move(*request), {}});
}

/// False: it has failed already, and the owner knows.
bool StreamSocket::open_towards(const std::string& ip, int port) {
  const auto give_up = [this](const Error& why) {
    fail(why);
    return false;
  };
  SocketAddress to;
  if (!to.set(ip, port)) return give_up(invalid_input("\"" + ip + "\" is no IP address"));
  fd_ = ::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return give_up(system_error("no socket", errno));
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  SocketAddress from;
  if (!own_ip_.empty() && (!from.set(own_ip_, 0) || ::bind(fd_, from.get(), from.size()) != 0))
    return give_up(system_error("cannot connect from " + own_ip_, from.size() == 0 ? EINVAL : errno));
  if (::connect(fd_, to.get(), to.size()) != 0 && errno != EINPROGRESS)
    return give_up(system_error("connect", errno));
  connecting_ = true;
  registered_ = true;
  reactor_.add(fd_, this, interest_ = EPOLLOUT);
  return true;
}

void StreamSocket::go_on_connecting(std::uint32_t events) {
  if (proxied_ && !proxied_->request.empty() && !(interest_ & EPOLLOUT)) return negotiate(events);
  int code = 0;
  socklen_t length = sizeof code;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &code, &length);
  if (code != 0) return fail(system_error(proxied_ ? "the SOCKS server: connect" : "connect", code));
  set_interest(EPOLLIN);
  if (proxied_) {  // a new connection takes that little at once
    const std::string& request = proxied_->request;
    if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()))
      return;
    return fail(unavailable("the SOCKS server does not take the request"));
  }
  connecting_ = false;
  owner_.on_connected();
}

/// The SOCKS server answers. Not a byte more is read: the next ones are the target's.
void StreamSocket::negotiate(std::uint32_t events) {
  std::string& reply = proxied_->reply;
  char buffer[socks::k_reply_bytes];
  const auto count = ::recv(fd_, buffer, socks::k_reply_bytes - reply.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR) && !(events & (EPOLLHUP | EPOLLERR))) return;
  if (count <= 0) return fail(unavailable("the SOCKS server closed the connection instead of an answer"));
  reply.append(buffer, static_cast<std::size_t>(count));
  if (reply.size() < socks::k_reply_bytes) return;
  if (const auto granted = socks::read_reply(reply); !granted) return fail(granted.error());
  proxied_->request.clear();
  connecting_ = false;
  owner_.on_connected();
}

void StreamSocket::fail(const Error& why) {
  close();
  owner_.on_closed(why);
}

void StreamSocket::close() {
  reactor_.cancel_deadline(*this);
  if (fd_ < 0) return;
  if (registered_) reactor_.remove(fd_);
  if (ssl_) {
    if (!tls_broken_ && SSL_is_init_finished(ssl_)) SSL_shutdown(ssl_);
    ERR_clear_error();
    SSL_free(ssl_);
    ssl_ = nullptr;
  }
  ::close(fd_);
  fd_ = -1;
}

void StreamSocket::set_interest(std::uint32_t events) {
  if (fd_ >= 0 && events != interest_) reactor_.modify(fd_, this, interest_ = events);
}

void StreamSocket::write(std::string_view bytes) {
  output_.append(bytes);
  if (!in_io_) flush();
}

bool StreamSocket::congested() {
  if (output_.size() - sent_ <= k_high_water) return false;
  want_drain_ = true;
  return true;
}

void StreamSocket::resume() {
  if (!paused_) return;
  paused_ = false;
  set_interest(interest_ | EPOLLIN);
  // TLS may hold decrypted bytes for which epoll will never report anything.
  if (ssl_ && SSL_pending(ssl_) > 0) stalled_input_ = true;
  if (stalled_input_ && !in_io_) handle_io(EPOLLIN);
}

void StreamSocket::finish() {
  if (handshaking_) return fail(Error{Error::Kind::unavailable, "finished", {}});  // nothing more can be sent
  closing_ = true;
  if (!in_io_) flush();
}

void StreamSocket::start_tls(const TlsContext& context, bool server, const std::string& server_name,
                             const std::function<void(SSL*)>& prepare) {
  send_pending();
  ssl_ = SSL_new(context.get());
  SSL_set_fd(ssl_, fd_);
  handshaking_ = true;
  if (server) {
    SSL_set_accept_state(ssl_);
    return;
  }
  if (prepare) {
    prepare(ssl_);
  } else {
    if (!server_name.empty()) SSL_set_tlsext_host_name(ssl_, server_name.c_str());
    if (SSL_get_verify_mode(ssl_) != SSL_VERIFY_NONE) SSL_set1_host(ssl_, server_name.c_str());
  }
  SSL_set_connect_state(ssl_);
  set_interest(interest_ | EPOLLIN);
  handshake();
}

std::string StreamSocket::tls_description() const {
  if (!ssl_ || !SSL_is_init_finished(ssl_)) return {};
  return std::string(SSL_get_version(ssl_)) + " " + SSL_get_cipher_name(ssl_);
}

namespace {
struct PeerName {
  std::string ip;
  int port = 0;
};
PeerName name_of(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return {};
  char text[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return {text, ntohs(v4.sin_port)};
  }
  if (storage.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    std::string ip = text;
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) ip = ip.substr(ip.rfind(':') + 1);
    return {ip, ntohs(v6.sin6_port)};
  }
  return {"local", 0};
}
}  // namespace

std::string StreamSocket::peer_ip() const { return proxied_ ? proxied_->ip : name_of(fd_).ip; }
int StreamSocket::peer_port() const { return proxied_ ? proxied_->port : name_of(fd_).port; }

void StreamSocket::handle_io(std::uint32_t events) {
  if (fd_ < 0) return;
  if (connecting_) return go_on_connecting(events);
  in_io_ = true;
  if (handshaking_) {
    if (!handshake()) {
      in_io_ = false;
      return;
    }
    events |= EPOLLIN;
  }
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_some();
  in_io_ = false;
  if (fd_ >= 0) flush();
}

/// True: encrypted. False: not yet, or dead.
bool StreamSocket::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  verify_result_ = SSL_get_verify_result(ssl_);
  if (result == 1) {
    handshaking_ = false;
    set_interest((interest_ | EPOLLIN) & ~static_cast<std::uint32_t>(EPOLLOUT));
    owner_.on_tls_ready();
    return fd_ >= 0;
  }
  if (tls_outcome(result) != k_again)
    fail(
        unavailable("TLS: " + openssl_reason() +
                    (SSL_get_verify_mode(ssl_) == SSL_VERIFY_NONE ? "" : certificate_fault(verify_result_))));
  return false;
}

long StreamSocket::tls_outcome(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return k_again;
    case SSL_ERROR_WANT_WRITE: set_interest(interest_ | EPOLLOUT); return k_again;
    case SSL_ERROR_ZERO_RETURN: return 0;
    default: tls_broken_ = true; return k_dead;
  }
}

/// Bytes, 0 at the end, k_again or k_dead.
long StreamSocket::receive(char* buffer, std::size_t size) {
  if (ssl_) {
    ERR_clear_error();  // the queue belongs to the thread: leftovers of other sockets confuse SSL_get_error
    const int result = SSL_read(ssl_, buffer, static_cast<int>(size));
    return result > 0 ? result : tls_outcome(result);
  }
  const auto result = ::recv(fd_, buffer, size, 0);
  if (result >= 0) return result;
  return errno == EAGAIN || errno == EINTR ? k_again : k_dead;
}

void StreamSocket::read_some() {
  static thread_local char buffer[k_read_bytes];
  stalled_input_ = false;
  // What OpenSSL has decrypted already is taken in any case: epoll will not report it again.
  for (int turn = 0; turn < k_reads_per_turn || (ssl_ && SSL_pending(ssl_) > 0); ++turn) {
    if (fd_ < 0 || closing_) return;
    if (paused_) {
      stalled_input_ = true;
      set_interest(interest_ & ~static_cast<std::uint32_t>(EPOLLIN));
      return;
    }
    const long count = receive(buffer, sizeof buffer);
    if (count == k_again) return;
    if (count == 0) return fail(unavailable("the peer closed the connection"));
    if (count == k_dead) return fail(unavailable(ssl_ ? "TLS: " + openssl_reason() : std::strerror(errno)));
    const bool was_tls = ssl_ != nullptr;
    owner_.on_input({buffer, static_cast<std::size_t>(count)});
    if (fd_ < 0 || (ssl_ != nullptr) != was_tls) return;
    if (!ssl_ && static_cast<std::size_t>(count) < sizeof buffer) return;  // TLS: until it wants more
  }
}

long StreamSocket::transmit(const char* data, std::size_t size) {
  if (ssl_) {
    ERR_clear_error();
    const int result = SSL_write(ssl_, data, static_cast<int>(std::min<std::size_t>(size, 1 << 20)));
    return result > 0 ? result : tls_outcome(result);
  }
  const auto result = ::send(fd_, data, size, MSG_NOSIGNAL);
  if (result >= 0) return result;
  return errno == EAGAIN || errno == EINTR ? k_again : k_dead;
}

void StreamSocket::flush() {
  for (int turn = 0; fd_ >= 0 && send_pending() && want_drain_ && pending_output() < k_low_water; ++turn) {
    if (turn == k_drains_per_turn) return set_interest(interest_ | EPOLLOUT);
    want_drain_ = false;
    const bool was_in_io = std::exchange(in_io_, true);
    owner_.on_drained();
    in_io_ = was_in_io;
  }
}

/// False: the socket is closed.
bool StreamSocket::send_pending() {
  if (handshaking_ || connecting_ || fd_ < 0) return fd_ >= 0;
  while (sent_ < output_.size()) {
    const long count = transmit(output_.data() + sent_, output_.size() - sent_);
    if (count == k_again) break;
    if (count <= 0) {
      fail(unavailable("the peer closed the connection"));
      return false;
    }
    sent_ += static_cast<std::size_t>(count);
  }
  if (sent_ < output_.size()) {
    if (sent_ > k_low_water) {
      output_.erase(0, sent_);
      sent_ = 0;
    }
    set_interest(interest_ | EPOLLOUT);
    return true;
  }
  release_buffers();
  set_interest(interest_ & ~static_cast<std::uint32_t>(EPOLLOUT));
  if (closing_ && !want_drain_) {
    close();
    owner_.on_closed(Error{Error::Kind::unavailable, "finished", {}});
    return false;
  }
  return true;
}

void StreamSocket::release_buffers() {
  sent_ = 0;
  if (output_.capacity() > 4096)
    std::string().swap(output_);  // idle sessions are many: none keeps a large buffer
  else
    output_.clear();
}

}  // namespace stagecoach
