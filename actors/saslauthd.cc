#include "actors/saslauthd.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "actors/serialisation.h"

namespace stagecoach {

namespace {

constexpr int k_timeout_seconds = 20;
constexpr std::size_t k_answer_bytes_max = 1024;
constexpr BlockingLimits k_limits{.at_once_max = 4, .waiting_max = 500};

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

Error socket_error(const CheckElsewhere& check, const char* what) {
  return unavailable("saslauthd (" + check.socket + "): " + what + ": " + std::strerror(errno));
}

/// "fred@REALM" and "REALM\fred"; without either the realm is empty.
std::pair<std::string, std::string> name_and_realm(const std::string& name) {
  if (const auto slash = name.find('\\'); slash != std::string::npos)
    return {name.substr(slash + 1), name.substr(0, slash)};
  if (const auto at = name.rfind('@'); at != std::string::npos)
    return {name.substr(0, at), name.substr(at + 1)};
  return {name, {}};
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool receive_all(int fd, char* buffer, std::size_t size) {
  while (size > 0) {
    const auto received = ::recv(fd, buffer, size, 0);
    if (received < 0 && errno == EINTR) continue;
    if (received == 0) errno = ECONNRESET;
    if (received <= 0) return false;
    buffer += received;
    size -= static_cast<std::size_t>(received);
  }
  return true;
}

Result<std::string> read_answer(const CheckElsewhere& check, int fd) {
  unsigned char length[2];
  if (!receive_all(fd, reinterpret_cast<char*>(length), sizeof length))
    return socket_error(check, "no answer");
  const std::size_t size = static_cast<std::size_t>(length[0] << 8 | length[1]);
  if (size > k_answer_bytes_max) return unavailable("saslauthd: the answer is no answer");
  std::string answer(size, '\0');
  if (!receive_all(fd, answer.data(), size)) return socket_error(check, "the answer broke off");
  return answer;
}

}  // namespace

Result<std::string> saslauthd_question(const CheckElsewhere& check) {
  const auto [login, realm] = name_and_realm(check.name);
  std::string question;
  for (const std::string_view text : {std::string_view(login), std::string_view(check.password),
                                      std::string_view(check.service), std::string_view(realm)}) {
    if (text.size() > 0xffff || text.find('\0') != std::string_view::npos)
      return invalid_input("a log-in that saslauthd cannot be asked about");
    question += static_cast<char>(text.size() >> 8);
    question += static_cast<char>(text.size() & 0xff);
    question += text;
  }
  return question;
}

Result<bool> ask_saslauthd(const CheckElsewhere& check) {
  auto question = saslauthd_question(check);
  if (!question) return std::move(question.error());
  const Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) return socket_error(check, "no socket");
  const timeval limit{k_timeout_seconds, 0};
  setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket.fd(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (check.socket.size() >= sizeof address.sun_path)
    return invalid_input("the path of saslauthd's socket is too long");
  std::memcpy(address.sun_path, check.socket.data(), check.socket.size());
  if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return socket_error(check, "connect");
  if (!send_all(socket.fd(), *question)) return socket_error(check, "send");
  auto answer = read_answer(check, socket.fd());
  if (!answer) return std::move(answer.error());
  if (answer->rfind("OK", 0) == 0) return true;
  if (answer->rfind("NO", 0) == 0) return false;
  return unavailable("saslauthd: the answer is no answer");
}

ElsewhereActor spawn_elsewhere(caf::actor_system& system) {
  return system.spawn<BlockingPool<CheckElsewhere, ElsewhereAnswer>>(
      "saslauthd", k_limits, [](const CheckElsewhere& check) {
        auto right = ask_saslauthd(check);
        if (!right) return ElsewhereAnswer{Outcome::failure(std::move(right.error())), false};
        return ElsewhereAnswer{{}, *right};
      });
}

}  // namespace stagecoach
