// The probe that asks by Minger: one datagram, repeated when no answer comes.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "actors/lan_probe.h"
#include "actors/serialisation.h"
#include "protocols/minger/minger.h"
#include "routing/lan_target.h"

namespace stagecoach {

namespace {

constexpr auto k_repeat = std::chrono::seconds(2);
constexpr int k_questions_max = 4;

std::string host_of(const std::string& route) {
  const std::string full = routing::with_port(routing::route_without_login(route));
  std::string host(routing::without_protocol(full).substr(0));
  host.erase(host.rfind(':'));
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  return host;
}

/// A socket that talks to this server only; -1: none can be made.
int open_udp(const std::string& ip, int port) {
  sockaddr_in6 six{};
  sockaddr_in four{};
  six.sin6_family = AF_INET6;
  four.sin_family = AF_INET;
  six.sin6_port = four.sin_port = htons(static_cast<std::uint16_t>(port));
  const bool is_six = inet_pton(AF_INET6, ip.c_str(), &six.sin6_addr) == 1;
  if (!is_six && inet_pton(AF_INET, ip.c_str(), &four.sin_addr) != 1) return -1;
  const int fd = ::socket(is_six ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const auto* address =
      is_six ? reinterpret_cast<const sockaddr*>(&six) : reinterpret_cast<const sockaddr*>(&four);
  if (::connect(fd, address, is_six ? sizeof six : sizeof four) == 0) return fd;
  ::close(fd);
  return -1;
}

class MingerProbe : public PinnedActor<LanProbeActor::base>, public IoHandler {
 public:
  MingerProbe(caf::actor_config& config, Reactor& reactor, ResolverActor resolver, LanProbeTask task)
      : PinnedActor(config, reactor), resolver_(std::move(resolver)), task_(std::move(task)) {}

  behavior_type make_behavior() override {
    self_ = caf::strong_actor_ptr{ctrl()};
    return {[this](const BeginLanProbe&) -> caf::result<LanProbeAnswer> {
      promise_ = make_response_promise<LanProbeAnswer>();
      find_host();
      return promise_;
    }};
  }
  void on_exit() override {
    resolver_ = nullptr;
    close();
    if (self_) reactor_.retire(std::move(self_));
  }
  const char* name() const override { return "minger_probe"; }

 private:
  using Kind = LanProbeAnswer::Kind;

  void find_host() {
    request(resolver_, caf::infinite, ResolveHost{host_of(task_.route)})
        .then(
            [this](const HostAnswer& found) {
              if (found.addresses.empty()) return answer(Kind::down, found.outcome.error.reason);
              begin(found.addresses.front());
            },
            [this](const caf::error&) { answer(Kind::down, "the resolver has ended"); });
  }

  void begin(const std::string& ip) {
    fd_ = open_udp(ip, minger::k_port);
    if (fd_ < 0) return answer(Kind::down, std::strerror(errno));
    reactor_.add(fd_, this, EPOLLIN);
    ask();
  }

  void ask() {
    if (++questions_ > k_questions_max) return answer(Kind::down, "no answer");
    const std::string text = minger::question(task_.address, task_.how.secret.value);
    if (::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) < 0 && errno != EAGAIN)
      return answer(Kind::down, std::strerror(errno));
    reactor_.set_deadline(*this, k_repeat);
  }

  void on_deadline() override {
    in_context([this] { ask(); });
  }
  void on_io(std::uint32_t) override {
    in_context([this] { receive(); });
  }

  void receive() {
    char buffer[minger::k_datagram_bytes_max];
    while (fd_ >= 0) {
      const auto count = ::recv(fd_, buffer, sizeof buffer, 0);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (count < 0) return answer(Kind::down, std::strerror(errno));  // nobody listens there
      const auto status = minger::parse_answer({buffer, static_cast<std::size_t>(count)}, task_.address);
      if (status) return answer(*status);
    }
  }

  void answer(minger::Status status) {
    switch (status) {
      case minger::Status::active: return answer(Kind::exists, "active");
      case minger::Status::unknown: return answer(Kind::unknown, "no such mailbox");
      case minger::Status::inactive: return answer(Kind::unknown, "the mailbox takes no mail");
      case minger::Status::bad_digest: return answer(Kind::undecided, "the secret is another one");
      case minger::Status::no_access:
      case minger::Status::bad_request: break;
    }
    answer(Kind::undecided, "the question is refused");
  }
  void answer(Kind kind, std::string reason) {
    if (std::exchange(answered_, true)) return;
    promise_.deliver(LanProbeAnswer{kind, std::move(reason)});
    close();
    quit();
  }
  void close() {
    if (fd_ < 0) return;
    reactor_.cancel_deadline(*this);
    reactor_.remove(fd_);
    ::close(std::exchange(fd_, -1));
  }

  ResolverActor resolver_;
  LanProbeTask task_;
  caf::typed_response_promise<LanProbeAnswer> promise_;
  caf::strong_actor_ptr self_;
  int fd_ = -1, questions_ = 0;
  bool answered_ = false;
};

}  // namespace

LanProbeActor spawn_minger_probe(Reactor& reactor, Node&, ResolverActor resolver, LanProbeTask task) {
  return spawn_pinned<MingerProbe>(reactor, std::move(resolver), std::move(task));
}

}  // namespace stagecoach
