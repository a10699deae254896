#include "actors/control_client.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "protocols/sasl/base64.h"

namespace stagecoach {

namespace {

using nlohmann::json;

class Socket {
 public:
  explicit Socket(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Socket() { ::close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  bool connected() const { return connected_; }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// The next line without its end; false at the end.
  bool receive(std::string& line) {
    while (true) {
      if (const auto end = buffer_.find('\n'); end != std::string::npos) {
        line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return true;
      }
      char bytes[65536];
      const auto got = ::recv(fd_, bytes, sizeof bytes, 0);
      if (got <= 0) return false;
      buffer_.append(bytes, static_cast<std::size_t>(got));
    }
  }

 private:
  int fd_;
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace

Result<json> call_server(const std::string& socket_path, const std::string& command, const json& arguments,
                         const std::function<void(const std::string&)>& progress,
                         const std::function<Result<void>(std::string_view)>& bytes) {
  Socket socket(socket_path);
  if (!socket.connected())
    return unavailable("the server is not running (nobody answers at " + socket_path +
                       "): start it with `stagecoach serve`");
  const json request = {{"command", command}, {"arguments", arguments}};
  if (!socket.send(request.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"))
    return unavailable("the server has closed the connection");
  std::string line;
  while (socket.receive(line)) {
    const json answer = json::parse(line, nullptr, false);
    if (answer.is_discarded()) return internal_error("the server's answer is no JSON");
    if (answer.contains("progress")) {
      if (progress) progress(answer["progress"].get<std::string>());
      continue;
    }
    if (answer.contains("bytes")) {
      const auto decoded = sasl::decode_base64(answer["bytes"].get<std::string>());
      if (!decoded) return internal_error("the server's answer is no base64");
      if (auto taken = bytes ? bytes(*decoded) : Result<void>(); !taken) return std::move(taken.error());
      continue;
    }
    if (answer.value("ok", false)) return answer.value("result", json());
    return Error{Error::Kind::invalid_input, answer.value("error", "unknown error"), {}};
  }
  return unavailable("the server has closed the connection before it answered");
}

}  // namespace stagecoach
