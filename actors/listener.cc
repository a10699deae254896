#include "actors/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "actors/serialisation.h"
#include "actors/service_access.h"

namespace stagecoach {

namespace {

constexpr int k_backlog = 4096;
constexpr int k_accepts_per_turn = 64;

struct Endpoint {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

bool parse(const conf::ListenAddress& address, Endpoint& endpoint) {
  auto& v6 = reinterpret_cast<sockaddr_in6&>(endpoint.storage);
  auto& v4 = reinterpret_cast<sockaddr_in&>(endpoint.storage);
  if (inet_pton(AF_INET6, address.host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(static_cast<std::uint16_t>(address.port));
    endpoint.length = sizeof v6;
    return true;
  }
  endpoint.storage = {};
  if (inet_pton(AF_INET, address.host.c_str(), &v4.sin_addr) != 1) return false;
  v4.sin_family = AF_INET;
  v4.sin_port = htons(static_cast<std::uint16_t>(address.port));
  endpoint.length = sizeof v4;
  return true;
}

std::string ip_of(const sockaddr_storage& storage) {
  char text[INET6_ADDRSTRLEN] = "";
  if (storage.ss_family == AF_INET)
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, text, sizeof text);
  else
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, text, sizeof text);
  return text;
}

class Listener : public PinnedActor<ListenerActor::base>, public IoHandler {
 public:
  Listener(caf::actor_config& config, Reactor& reactor, int fd, Node& node, ServicePtr service)
      : PinnedActor(config, reactor), fd_(fd), node_(node), service_(std::move(service)) {
    set_down_handler([this](const caf::down_msg& down) { session_ended(down.source); });
  }

  behavior_type make_behavior() override {
    self_ = caf::strong_actor_ptr{ctrl()};
    reactor_.add(fd_, this, EPOLLIN);
    return {[this](const UseService& use) {
              if (use.service)
                service_ = use.service;
              else
                retire();
            },
            [this](const ShutDown&) {
              close_socket();
              for (auto& [address, session] : sessions_) send(session.actor, ShutDown{});
              stopping_ = true;
              end_when_empty();
            }};
  }
  void on_exit() override {
    close_socket();
    sessions_.clear();
    if (self_) reactor_.retire(std::move(self_));
  }
  const char* name() const override { return "listener"; }

 private:
  struct Session {
    SessionActor actor;
    std::string ip;
  };

  void on_io(std::uint32_t) override {
    in_context([this] {
      for (int i = 0; i < k_accepts_per_turn && fd_ >= 0; ++i)
        if (!accept_one()) return;
    });
  }
  void on_deadline() override {
    if (fd_ >= 0) reactor_.modify(fd_, this, EPOLLIN);
  }

  bool accept_one() {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    const int fd = accept4(fd_, reinterpret_cast<sockaddr*>(&peer), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EMFILE || errno == ENFILE) {  // level-triggered: would spin
        node_.log.error("listener", service_->settings.name,
                        "no more file descriptors; trying again in a second");
        reactor_.modify(fd_, this, 0);
        reactor_.set_deadline(*this, std::chrono::seconds(1));
      }
      return errno == ECONNABORTED || errno == EINTR;
    }
    admit(fd, ip_of(peer));
    return true;
  }

  void admit(int fd, const std::string& ip) {
    ++node_.counters.connections;
    if (!service_->access.allows(ip)) {
      ++node_.counters.connections_refused;
      node_.log.info("listener", service_->settings.name, "access not allowed: address=" + ip);
      return refuse(fd,
                    access_refusal(service_->settings.protocol, node_.config()->server.anonymise_services));
    }
    int& from_here = per_address_[ip];
    const auto& settings = service_->settings;
    // Every login needs a connection: IMAP's limit of logins is one of connections, too.
    const int per_address = settings.protocol == conf::Protocol::imap
                                ? std::min(settings.max_connections_per_address, settings.max_logins_per_ip)
                                : settings.max_connections_per_address;
    if (service_->sessions >= settings.max_connections || from_here >= per_address) {
      ++node_.counters.connections_refused;
      if (from_here == 0) per_address_.erase(ip);
      return refuse(fd, too_many());
    }
    ++from_here;
    SessionActor session = start(fd);
    monitor(session);
    sessions_.emplace(session.address(), Session{session, ip});
  }

  SessionActor start(int fd) {
    Reactor& reactor = node_.next_reactor();
    switch (service_->settings.protocol) {
      case conf::Protocol::pop3: return spawn_pop3_session(reactor, fd, node_, service_);
      case conf::Protocol::imap: return spawn_imap_session(reactor, fd, node_, service_);
      case conf::Protocol::http: return spawn_http_session(reactor, fd, node_, service_);
      default: return spawn_smtp_session(reactor, fd, node_, service_);
    }
  }

  std::string too_many() const {
    switch (service_->settings.protocol) {
      case conf::Protocol::pop3: return "-ERR [SYS/TEMP] Too many connections, try again later\r\n";
      case conf::Protocol::imap: return "* BYE Too many connections from this address!\r\n";
      case conf::Protocol::http:
        return "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      default: return "421 4.7.0 Too many connections, try again later\r\n";
    }
  }

  /// Says why if the client can read it, and hangs up.
  void refuse(int fd, const std::string& text) {
    if (!service_->implicit_tls()) {
      [[maybe_unused]] const auto sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    ::close(fd);
  }

  void session_ended(const caf::actor_addr& address) {
    const auto session = sessions_.find(address);
    if (session == sessions_.end()) return;
    const auto count = per_address_.find(session->second.ip);
    if (count != per_address_.end() && --count->second <= 0) per_address_.erase(count);
    sessions_.erase(session);
    end_when_empty();
  }
  void end_when_empty() {
    if (stopping_ && sessions_.empty()) quit();
  }

  /// The service is gone from the configuration: no new sessions, but those under way go on.
  void retire() {
    close_socket();
    stopping_ = true;
    end_when_empty();
  }

  void close_socket() {
    if (fd_ < 0) return;
    reactor_.cancel_deadline(*this);
    reactor_.remove(fd_);
    ::close(fd_);
    fd_ = -1;
  }

  int fd_;
  Node& node_;
  ServicePtr service_;
  std::unordered_map<caf::actor_addr, Session> sessions_;
  std::unordered_map<std::string, int> per_address_;
  caf::strong_actor_ptr self_;
  bool stopping_ = false;
};

}  // namespace

Result<int> open_listening_socket(const conf::ListenAddress& address) {
  const std::string where = address.host + ":" + std::to_string(address.port);
  Endpoint endpoint;
  if (!parse(address, endpoint)) return invalid_input("\"" + where + "\" is no address to listen on");
  const int fd = ::socket(endpoint.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return unavailable("no socket for " + where + ": " + std::strerror(errno));
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (endpoint.storage.ss_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(fd, reinterpret_cast<sockaddr*>(&endpoint.storage), endpoint.length) != 0 ||
      listen(fd, k_backlog) != 0) {
    const int code = errno;
    ::close(fd);
    return unavailable("cannot listen on " + where + ": " + std::strerror(code) +
                       (code == EACCES ? " (ports below 1024 need root or CAP_NET_BIND_SERVICE)" : ""));
  }
  return fd;
}

int port_of(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return 0;
  return ntohs(storage.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(storage).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(storage).sin_port);
}

ListenerActor spawn_listener(Reactor& reactor, int fd, Node& node, ServicePtr service) {
  return spawn_pinned<Listener>(reactor, fd, std::ref(node), std::move(service));
}

}  // namespace stagecoach
