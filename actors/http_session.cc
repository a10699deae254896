// One HTTP connection: carries out what the engine asks for; the handlers of http_routes.h answer.

#include <deque>

#include "actors/http_routes.h"
#include "actors/serialisation.h"
#include "actors/session.h"
#include "protocols/http/server_session.h"

namespace stagecoach {

namespace {

http::ServerSession::Time wall_clock() { return std::chrono::floor<std::chrono::seconds>(current_time()); }

class HttpSession : public Session {
 public:
  HttpSession(caf::actor_config& config, Reactor& reactor, int fd, Node& node, const ServicePtr& shared)
      : Session(config, reactor, fd, node, shared, "http", node.counters.http_sessions) {}
  const char* name() const override { return "http_session"; }

 private:
  void greet(bool) override {}  // the client speaks first
  void tls_started() override {}
  void take_input(std::string_view bytes) override { carry_out(engine_.receive(bytes, wall_clock())); }
  bool is_waiting() const override { return engine_.waiting() && !held_back_; }
  void timed_out() override {
    carry_out(engine_.timed_out(wall_clock()));
    quit();
  }
  void shut_down() override { carry_out(engine_.shutting_down()); }
  std::string summary() const override { return "requests=" + std::to_string(requests_); }
  void on_drained() override {
    if (std::exchange(held_back_, false)) handle();
  }

  /// Requests that were sent ahead follow each other here, not inside of each other.
  void carry_out(http::ServerEvents events) {
    std::move(events.begin(), events.end(), std::back_inserter(events_));
    if (std::exchange(busy_, true)) return;
    while (!events_.empty() && socket().is_open()) {
      http::ServerEvent event = std::move(events_.front());
      events_.pop_front();
      std::visit([this](auto& one) { on(one); }, event);
    }
    busy_ = false;
    set_paused(engine_.waiting());
  }

  void on(http::Output& output) { socket().write(output.bytes); }
  void on(http::Close&) { socket().finish(); }
  void on(http::RequestOffered& offer) {
    ++requests_;
    request_ = std::move(offer.request);
    // A client that asks and does not read gets nothing more.
    held_back_ = socket().congested();
    if (!held_back_) handle();
  }

  void handle() {
    const RoutedRequest routed = find_route(http_routes(), request_.method, request_.path);
    if (!routed.handler) return answer(routed.refusal);
    routed.handler({this, node(), std::move(request_), peer_ip(), number(),
                    [this](const http::Response& response) { answer(response); }});
  }

  void answer(const http::Response& response) { carry_out(engine_.respond(response, wall_clock())); }

  http::ServerSession engine_;
  std::deque<http::ServerEvent> events_;
  bool busy_ = false;       // events are being carried out
  bool held_back_ = false;  // the request waits until the client has taken what was sent
  http::Request request_;
  std::int64_t requests_ = 0;
};

}  // namespace

SessionActor spawn_http_session(Reactor& reactor, int fd, Node& node, ServicePtr service) {
  return spawn_pinned<HttpSession>(reactor, fd, std::ref(node), service);
}

}  // namespace stagecoach
