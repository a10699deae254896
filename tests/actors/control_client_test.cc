#include "actors/control_client.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <thread>

namespace stagecoach {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Accepts one client, reads its line and sends an answer.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) {
    char folder[] = "/tmp/stagecoach-test-XXXXXX";
    if (::mkdtemp(folder)) folder_ = folder;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path().c_str());
    listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    thread_ = std::thread([this, answer = std::move(answer)] {
      const int client = ::accept(listener_, nullptr, nullptr);
      char byte = 0;
      while (::read(client, &byte, 1) == 1 && byte != '\n') request_ += byte;
      EXPECT_EQ(::write(client, answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
      ::close(client);
    });
  }
  ~OneAnswer() {
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
    std::filesystem::remove_all(folder_);
  }
  std::string path() const { return folder_ + "/control.sock"; }
  json request() {
    thread_.join();
    return json::parse(request_);
  }

 private:
  std::string folder_, request_;
  int listener_ = -1;
  std::thread thread_;
};

TEST(ControlClient, SaysThatNoServerRuns) {
  const auto answer = call_server("/nonexistent/control.sock", "status", json::object());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Error::Kind::unavailable);
  EXPECT_THAT(answer.error().text(), HasSubstr("the server is not running"));
  EXPECT_THAT(answer.error().text(), HasSubstr("/nonexistent/control.sock"));
  EXPECT_THAT(answer.error().text(), HasSubstr("stagecoach serve"));
  EXPECT_FALSE(call_server("/" + std::string(200, 'x'), "status", json::object()))
      << "a path that is too long";
}

TEST(ControlClient, SendsTheCommandAndGivesTheResult) {
  OneAnswer server("{\"ok\":true,\"result\":[1,2]}\n");
  const auto answer = call_server(server.path(), "queue list", {{"filter", "\xff"}});
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_EQ(*answer, json::array({1, 2}));
  EXPECT_EQ(server.request(), (json{{"command", "queue list"}, {"arguments", {{"filter", "\xef\xbf\xbd"}}}}));
}

TEST(ControlClient, ShowsProgressUntilTheAnswerComes) {
  OneAnswer server(
      "{\"progress\":\"connecting\"}\n{\"progress\":\"sending\"}\n{\"ok\":true,\"result\":{}}\n");
  std::vector<std::string> shown;
  ASSERT_TRUE(call_server(server.path(), "connection run", json::object(),
                          [&](const std::string& line) { shown.push_back(line); }));
  EXPECT_THAT(shown, ElementsAre("connecting", "sending"));
}

TEST(ControlClient, EveryFailureHasWords) {
  const struct {
    const char* answer;
    const char* reason;
  } k_failures[] = {
      {"{\"ok\":false,\"error\":\"there is no user fred\"}\n", "there is no user fred"},
      {"", "closed the connection before it answered"},
      {"{\"ok\":true", "closed the connection before it answered"},
      {"nonsense\n", "the server's answer is no JSON"},
      {"{}\n", "unknown error"},
  };
  for (const auto& [sent, reason] : k_failures) {
    OneAnswer server(sent);
    const auto answer = call_server(server.path(), "status", json::object());
    ASSERT_FALSE(answer) << sent;
    EXPECT_THAT(answer.error().text(), HasSubstr(reason));
  }
}

}  // namespace
}  // namespace stagecoach
