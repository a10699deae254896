// An SMTP server that takes everything and keeps nothing: says when so many messages are there. Prints its
// port first, then, at the end, when the first and the last message came.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cstdio>
#include <cstring>
#include <memory>

#include "load.h"

namespace {

using namespace bench;

struct Session {
  int fd = -1;
  bool in_content = false;
  std::string rest;  // a line, or the end of the content so far, that is not complete
};

constexpr std::string_view k_end = "\r\n.\r\n";

class Sink {
 public:
  explicit Sink(int port) : epoll_(epoll_create1(EPOLL_CLOEXEC)), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener_, 512) != 0)
      fail("cannot listen");
    watch(listener_, nullptr);
  }

  void run(long wanted, double deadline) {
    epoll_event events[64];
    while (messages_ < wanted && now() < deadline) {
      const int count = epoll_wait(epoll_, events, 64, 100);
      for (int i = 0; i < count; ++i) {
        if (auto* session = static_cast<Session*>(events[i].data.ptr))
          read_from(*session);
        else
          take_session();
      }
    }
    Report report;
    report.add("messages", static_cast<double>(messages_)).add("sessions", static_cast<double>(sessions_));
    report.add("bytes", static_cast<double>(bytes_)).add("first", first_).add("last", last_);
    report.print();
  }

 private:
  void watch(int fd, Session* session) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = session;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void take_session() {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++sessions_;
    auto* session = new Session;  // lives until its connection ends
    session->fd = fd;
    watch(fd, session);
    reply(*session, "220 sink ESMTP\r\n");
  }

  static void reply(const Session& session, std::string_view text) {
    if (write(session.fd, text.data(), text.size()) < 0) return;
  }

  void read_from(Session& session) {
    char buffer[65536];
    const ssize_t got = read(session.fd, buffer, sizeof buffer);
    if (got <= 0) {
      close(session.fd);
      delete &session;
      return;
    }
    bytes_ += got;
    session.rest.append(buffer, static_cast<std::size_t>(got));
    std::string replies;
    while (session.in_content ? take_content(session, replies) : take_command(session, replies)) {
    }
    if (!replies.empty()) reply(session, replies);
  }

  bool take_command(Session& session, std::string& replies) {
    const auto end = session.rest.find('\n');
    if (end == std::string::npos) return false;
    const std::string line = session.rest.substr(0, end);
    session.rest.erase(0, end + 1);
    if (line.size() >= 4 && strncasecmp(line.c_str(), "EHLO", 4) == 0)
      replies += "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 100000000\r\n";
    else if (line.size() >= 4 && strncasecmp(line.c_str(), "DATA", 4) == 0)
      replies += "354 go on\r\n", session.in_content = true, session.rest.insert(0, "\r\n");
    else if (line.size() >= 4 && strncasecmp(line.c_str(), "QUIT", 4) == 0)
      replies += "221 bye\r\n";
    else
      replies += "250 ok\r\n";
    return true;
  }

  bool take_content(Session& session, std::string& replies) {
    const auto end = session.rest.find(k_end);
    if (end == std::string::npos) {
      if (session.rest.size() > k_end.size()) session.rest.erase(0, session.rest.size() - k_end.size() + 1);
      return false;
    }
    session.rest.erase(0, end + k_end.size());
    session.in_content = false;
    last_ = now();
    if (messages_++ == 0) first_ = last_;
    replies += "250 kept\r\n";
    return true;
  }

  int epoll_, listener_;
  long messages_ = 0, sessions_ = 0, bytes_ = 0;
  double first_ = 0, last_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const bench::Arguments arguments(argc, argv);
  Sink sink(static_cast<int>(arguments.number("port", 0)));
  std::puts("listening");
  std::fflush(stdout);
  sink.run(arguments.number("messages", 1),
           bench::now() + static_cast<double>(arguments.number("seconds_max", 120)));
}
