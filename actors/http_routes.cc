#include "actors/http_routes.h"

#include "actors/unsubscribe.h"
#include "actors/unsubscribe_page.h"
#include "routing/html_text.h"

namespace stagecoach {

namespace {

using http::Method;

bool fits(const HttpRoute& route, std::string_view path) {
  return route.path.ends_with('/') ? path.starts_with(route.path) && path.size() > route.path.size()
                                   : path == route.path;
}

/// Mail is private: nothing is kept, told to other sites, or run.
void add_security(http::Response& response) {
  response.fields.insert(response.fields.end(),
                         {{"X-Content-Type-Options", "nosniff"},
                          {"Referrer-Policy", "no-referrer"},
                          {"Content-Security-Policy",
                           "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                           "frame-ancestors 'none'; base-uri 'none'"},
                          {"Cache-Control", "no-store"}});
}

}  // namespace

RoutedRequest find_route(std::span<const HttpRoute> routes, Method method, std::string_view path) {
  const Method wanted = method == Method::head ? Method::get : method;
  std::string allowed;
  for (const HttpRoute& route : routes) {
    if (!fits(route, path)) continue;
    if (route.method == wanted) return {route.handler, {}};
    allowed += std::string(name_of(route.method)) + (route.method == Method::get ? ", HEAD, " : ", ");
  }
  if (allowed.empty()) return {nullptr, html_page(404, "Not found", "<p>There is no such page.</p>")};
  RoutedRequest refused;
  if (method == Method::options) {
    refused.refusal.status = 204;
    add_security(refused.refusal);
  } else {
    refused.refusal = html_page(405, "Not allowed", "<p>This page does not answer to that.</p>");
  }
  refused.refusal.fields.push_back({"Allow", allowed + "OPTIONS"});
  return refused;
}

std::span<const HttpRoute> http_routes() {
  static constexpr HttpRoute k_routes[] = {
      {Method::get, k_unsubscribe_path, &show_unsubscribe_page},
      {Method::post, k_unsubscribe_path, &unsubscribe_by_one_click},
  };
  return k_routes;
}

http::Response html_page(int status, std::string_view title, std::string_view body) {
  http::Response response;
  response.status = status;
  response.fields = {{"Content-Type", "text/html; charset=utf-8"}};
  add_security(response);
  response.body =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" +
      routing::escape_html(title) +
      "</title>\n<style>body { font-family: sans-serif; max-width: 36em; margin: 3em auto; padding: 0 "
      "1em; } button { font-size: 1em; padding: .5em 1em; }</style>\n</head>\n<body>\n<h1>" +
      routing::escape_html(title) + "</h1>\n" + std::string(body) + "\n</body>\n</html>\n";
  return response;
}

}  // namespace stagecoach
