#include "actors/control.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "actors/control_session.h"
#include "actors/serialisation.h"

namespace stagecoach {

namespace {

class ControlListener : public PinnedActor<ListenerActor::base>, public IoHandler {
 public:
  ControlListener(caf::actor_config& config, Reactor& reactor, int fd, Node& node, ControlHandles handles)
      : PinnedActor(config, reactor), fd_(fd), node_(node), handles_(std::move(handles)) {}

  behavior_type make_behavior() override {
    self_ = caf::strong_actor_ptr{ctrl()};
    reactor_.add(fd_, this, EPOLLIN);
    return {[](const UseService&) {}, [this](const ShutDown&) { quit(); }};
  }
  void on_exit() override {
    reactor_.remove(fd_);
    ::close(fd_);
    handles_ = {};
    if (self_) reactor_.retire(std::move(self_));
  }
  const char* name() const override { return "control"; }

 private:
  void on_io(std::uint32_t) override {
    in_context([this] {
      const int fd = accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) spawn_control_session(reactor_, fd, node_, handles_);
    });
  }

  int fd_;
  Node& node_;
  ControlHandles handles_;
  caf::strong_actor_ptr self_;
};

bool fill(sockaddr_un& address, const std::string& path) {
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return true;
}

}  // namespace

Result<int> open_control_socket(const std::string& path) {
  sockaddr_un address{};
  if (!fill(address, path)) return invalid_input("the path " + path + " is too long for a control socket");
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return unavailable(std::string("no control socket: ") + std::strerror(errno));
  // data_dir is locked by this server: a socket that is there belongs to one that was killed.
  ::unlink(path.c_str());
  const mode_t mask = ::umask(0077);
  const bool bound =
      ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && ::listen(fd, 64) == 0;
  const int code = errno;
  ::umask(mask);
  if (!bound) {
    ::close(fd);
    return unavailable("cannot listen on " + path + ": " + std::strerror(code));
  }
  return fd;
}

ListenerActor spawn_control(Reactor& reactor, int fd, Node& node, ControlHandles handles) {
  return spawn_pinned<ControlListener>(reactor, fd, std::ref(node), std::move(handles));
}

}  // namespace stagecoach
