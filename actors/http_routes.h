// Which handler answers a request: a table of paths and methods. A handler answers once, now or later, in the
// context of the session.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/service.h"
#include "protocols/http/message.h"

namespace stagecoach {

/// A request on its way to its answer.
struct HttpCall {
  SessionActor::base* self;  // the session: requests to other actors go out from it
  Node& node;
  http::Request request;
  std::string peer;     // "192.0.2.1"
  std::string session;  // its number in the log
  std::function<void(http::Response)> answer;
};
using HttpHandler = void (*)(HttpCall call);

struct HttpRoute {
  http::Method method;
  std::string_view path;  // "/unsubscribe/" with all below it when it ends in '/', else this very path
  HttpHandler handler;
};

/// What a path answers to a method. Without a handler `refusal` is the answer: 404, 405 with Allow, or 204
/// with Allow for OPTIONS.
struct RoutedRequest {
  HttpHandler handler = nullptr;
  http::Response refusal;
};
/// HEAD goes where GET goes.
RoutedRequest find_route(std::span<const HttpRoute> routes, http::Method method, std::string_view path);

/// The routes of this program.
std::span<const HttpRoute> http_routes();

/// A page of its own: `body` is HTML, `title` text. No scripts, frames or cookies; nothing is kept.
http::Response html_page(int status, std::string_view title, std::string_view body);

}  // namespace stagecoach
