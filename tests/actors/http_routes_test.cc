#include "actors/http_routes.h"

#include <gtest/gtest.h>

namespace stagecoach {
namespace {

using http::Method;

void tree(HttpCall) {}
void leaf(HttpCall) {}
void post(HttpCall) {}

constexpr HttpRoute k_routes[] = {
    {Method::get, "/tree/", &tree}, {Method::post, "/tree/", &post}, {Method::get, "/leaf", &leaf}};

const struct {
  Method method;
  const char* path;
  HttpHandler handler;
  int status;  // without a handler
  const char* allow;
} k_requests[] = {
    {Method::get, "/tree/a", &tree, 0, ""},
    {Method::get, "/tree/a/b", &tree, 0, ""},
    {Method::head, "/tree/a", &tree, 0, ""},
    {Method::post, "/tree/a", &post, 0, ""},
    {Method::get, "/leaf", &leaf, 0, ""},
    {Method::get, "/tree/", nullptr, 404, ""},
    {Method::get, "/tree", nullptr, 404, ""},
    {Method::get, "/leaf/", nullptr, 404, ""},
    {Method::get, "/leafs", nullptr, 404, ""},
    {Method::options, "*", nullptr, 404, ""},
    {Method::remove, "/tree/a", nullptr, 405, "GET, HEAD, POST, OPTIONS"},
    {Method::post, "/leaf", nullptr, 405, "GET, HEAD, OPTIONS"},
    {Method::options, "/tree/a", nullptr, 204, "GET, HEAD, POST, OPTIONS"},
};

std::string field(const http::Response& response, std::string_view name) {
  for (const http::Field& one : response.fields)
    if (one.name == name) return one.value;
  return {};
}

TEST(HttpRoutes, GoByPathAndMethod) {
  for (const auto& [method, path, handler, status, allow] : k_requests) {
    const RoutedRequest routed = find_route(k_routes, method, path);
    EXPECT_EQ(routed.handler, handler) << path;
    if (handler) continue;
    EXPECT_EQ(routed.refusal.status, status) << path;
    EXPECT_EQ(field(routed.refusal, "Allow"), allow) << path;
    EXPECT_EQ(field(routed.refusal, "X-Content-Type-Options"), "nosniff") << path;
  }
}

TEST(HtmlPage, IsPrivateAndTextStaysText) {
  const http::Response page = html_page(200, "a <b> & c", "<p>body</p>");
  EXPECT_NE(page.body.find("<h1>a &lt;b&gt; &amp; c</h1>\n<p>body</p>"), std::string::npos);
  EXPECT_EQ(field(page, "Cache-Control"), "no-store");
  EXPECT_EQ(field(page, "Referrer-Policy"), "no-referrer");
  EXPECT_TRUE(field(page, "Content-Security-Policy").starts_with("default-src 'none'; "));
}

}  // namespace
}  // namespace stagecoach
