#include "protocols/http/response_writer.h"

#include <gtest/gtest.h>

namespace stagecoach::http {
namespace {

constexpr std::chrono::sys_seconds k_now{std::chrono::seconds(784111777)};  // the example of RFC 9110

TEST(HttpDate, IsWrittenAsRfc9110HasIt) {
  EXPECT_EQ(http_date(k_now), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(std::chrono::sys_seconds{std::chrono::seconds(1'709'164'800)}),
            "Thu, 29 Feb 2024 00:00:00 GMT");
}

const std::string k_date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

const struct {
  const char* name;
  Response response;
  Framing framing;
  std::string wire;
} k_responses[] = {
    {"whole",
     {200, {{"Content-Type", "text/plain"}}, "abc"},
     {},
     "HTTP/1.1 200 OK\r\n" + k_date + "Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc"},
    {"HEAD tells the length",
     {200, {}, "abc"},
     {.head_only = true},
     "HTTP/1.1 200 OK\r\n" + k_date + "Content-Length: 3\r\n\r\n"},
    {"the end of the connection",
     {404, {}, ""},
     {.keep_alive = false},
     "HTTP/1.1 404 Not Found\r\n" + k_date + "Content-Length: 0\r\nConnection: close\r\n\r\n"},
    {"an old client that stays",
     {200, {}, ""},
     {.old_version = true},
     "HTTP/1.1 200 OK\r\n" + k_date + "Content-Length: 0\r\nConnection: keep-alive\r\n\r\n"},
    {"204 has no body", {204, {}, "abc"}, {}, "HTTP/1.1 204 No Content\r\n" + k_date + "\r\n"},
    {"a value cannot begin a field",
     {200, {{"X", "a\r\nSet-Cookie: b\x01"}}, ""},
     {},
     "HTTP/1.1 200 OK\r\n" + k_date + "X: a  Set-Cookie: b \r\nContent-Length: 0\r\n\r\n"},
    {"nor can a name",
     {200, {{"X\r\nY", "a"}, {"", "b"}, {"a b", "c"}}, ""},
     {},
     "HTTP/1.1 200 OK\r\n" + k_date + "Content-Length: 0\r\n\r\n"},
    {"framing belongs to the writer",
     {200, {{"content-length", "9"}, {"Transfer-Encoding", "chunked"}}, "a"},
     {},
     "HTTP/1.1 200 OK\r\n" + k_date + "Content-Length: 1\r\n\r\na"},
    {"a number without a reason",
     {299, {}, ""},
     {},
     "HTTP/1.1 299 \r\n" + k_date + "Content-Length: 0\r\n\r\n"},
};

TEST(HttpResponse, IsWrittenAsBytes) {
  for (const auto& [name, response, framing, wire] : k_responses)
    EXPECT_EQ(to_wire(response, framing, k_now), wire) << name;
}

}  // namespace
}  // namespace stagecoach::http
