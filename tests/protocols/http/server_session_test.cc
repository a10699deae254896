#include "protocols/http/server_session.h"

#include <gtest/gtest.h>

#include <deque>

namespace stagecoach::http {
namespace {

using std::chrono::seconds;

constexpr ServerSession::Time k_now{seconds(784111777)};
constexpr ServerLimits k_limits{.header_bytes_max = 200, .body_bytes_max = 10, .pending_bytes_max = 1000};

/// Answers every request with its path and body, and logs "{METHOD path?query body}" and "status[ close][
/// body]".
class Player {
 public:
  Player& say(std::string_view client, std::size_t step) {
    for (std::size_t at = 0; at < client.size(); at += step)
      take(session_.receive(client.substr(at, step), now_));
    return *this;
  }
  Player& wait(seconds time) {
    now_ += time;
    return *this;
  }
  Player& time_out() {
    take(session_.timed_out(now_));
    return *this;
  }
  const std::string& log() const { return log_; }

 private:
  void take(ServerEvents events) {
    std::deque<ServerEvent> queue(events.begin(), events.end());
    while (!queue.empty()) {
      const ServerEvent event = queue.front();
      queue.pop_front();
      if (const auto* output = std::get_if<Output>(&event)) note_response(output->bytes);
      if (std::holds_alternative<Close>(event)) log_ += "{close}";
      if (const auto* offer = std::get_if<RequestOffered>(&event))
        for (ServerEvent& more : answer(offer->request)) queue.push_back(std::move(more));
    }
  }
  ServerEvents answer(const Request& request) {
    log_ += "{" + std::string(name_of(request.method)) + " " + request.path +
            (request.query.empty() ? "" : "?" + request.query) +
            (request.body.empty() ? "" : " " + request.body) + "}";
    return session_.respond({200, {}, "ok"}, now_);
  }
  void note_response(const std::string& bytes) {
    log_ += bytes.substr(9, 3);
    if (bytes.find("\r\nConnection: close\r\n") != std::string::npos) log_ += " close";
    if (bytes.find("\r\nConnection: keep-alive\r\n") != std::string::npos) log_ += " keep";
    if (bytes.ends_with("\r\n\r\nok")) log_ += " ok";
    log_ += ";";
  }

  ServerSession session_{k_limits};
  ServerSession::Time now_ = k_now;
  std::string log_;
};

const std::string k_get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string k_post = "POST /p HTTP/1.1\r\nHost: a\r\n";

const struct {
  const char* name;
  std::string client;
  const char* log;
} k_sessions[] = {
    {"a request", "GET /a%20b?c=d&e HTTP/1.1\r\nHost: a\r\n\r\n", "{GET /a%20b?c=d&e}200 ok;"},
    {"the connection stays", k_get + k_get, "{GET /}200 ok;{GET /}200 ok;"},
    {"Connection: close", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + k_get,
     "{GET /}200 close ok;{close}"},
    {"HEAD has no body", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + k_get, "{HEAD /}200;{GET /}200 ok;"},
    {"HTTP/1.0 closes", "GET / HTTP/1.0\r\n\r\n", "{GET /}200 close ok;{close}"},
    {"HTTP/1.0 that stays", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "{GET /}200 keep ok;"},
    {"a URL as target", "GET http://a:80/b?c HTTP/1.1\r\nHost: a\r\n\r\n", "{GET /b?c}200 ok;"},
    {"a URL without path", "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", "{GET /}200 ok;"},
    {"a body", k_post + "Content-Length: 3\r\n\r\nabc" + k_get, "{POST /p abc}200 ok;{GET /}200 ok;"},
    {"an empty body", k_post + "Content-Length: 0\r\n\r\n" + k_get, "{POST /p}200 ok;{GET /}200 ok;"},
    {"no length, no body", k_post + "\r\n" + k_get, "{POST /p}200 ok;{GET /}200 ok;"},
    {"chunks", k_post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=\"y\"\r\nde\r\n0\r\n\r\n" + k_get,
     "{POST /p abcde}200 ok;{GET /}200 ok;"},
    {"chunks with a trailer",
     k_post + "Transfer-Encoding: Chunked\r\n\r\n1\r\na\r\n0\r\nT: v\r\n\r\n" + k_get,
     "{POST /p a}200 ok;{GET /}200 ok;"},
    {"no chunk but the last", k_post + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + k_get,
     "{POST /p}200 ok;{GET /}200 ok;"},
    {"100-continue", k_post + "Content-Length: 1\r\nExpect: 100-Continue\r\n\r\na", "100;{POST /p a}200 ok;"},
    {"100-continue without body", "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
     "{GET /}200 ok;"},
    {"another expectation", k_post + "Content-Length: 1\r\nExpect: money\r\n\r\n", "417 close;{close}"},
    {"empty lines before a request", "\r\n\r\n" + k_get, "{GET /}200 ok;"},
    {"only empty lines", "\r\n\r\n\r\n\r\n\r\n\r\n", "400 close;{close}"},
    {"other methods are offered", "DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n", "{DELETE /x}200 ok;"},
    {"OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "{OPTIONS *}200 ok;"},
    // ---- refused ----
    {"an unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", "501 close;{close}"},
    {"no HTTP", "EHLO a\r\n\r\n", "400 close;{close}"},
    {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 close;{close}"},
    {"no Host", "GET / HTTP/1.1\r\n\r\n", "400 close;{close}"},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400 close;{close}"},
    {"a bare LF", "GET / HTTP/1.1\nHost: a\n\n", "400 close;{close}"},
    {"a bare LF behind CR LF", "GET / HTTP/1.1\r\nHost: a\r\n\n", "400 close;{close}"},
    {"a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "400 close;{close}"},
    {"a NUL", std::string("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29), "400 close;{close}"},
    {"a large header", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(200, 'x') + "\r\n\r\n",
     "431 close;{close}"},
    {"a line without end", std::string(300, 'x'), "431 close;{close}"},
    {"a large body", k_post + "Content-Length: 11\r\n\r\n", "413 close;{close}"},
    {"large chunks", k_post + "Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n",
     "413 close;{close}"},
    {"a chunk with an endless head", k_post + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(2000, 'x'),
     "400 close;{close}"},
    {"a chunk without its end", k_post + "Transfer-Encoding: chunked\r\n\r\n1\r\naX\r\n",
     "400 close;{close}"},
    {"a chunk with a bare LF", k_post + "Transfer-Encoding: chunked\r\n\r\n1\na\r\n", "400 close;{close}"},
    {"a chunk with a sign", k_post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", "400 close;{close}"},
    {"a chunk with 0x", k_post + "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n", "400 close;{close}"},
    {"a chunk with a space", k_post + "Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n", "400 close;{close}"},
    {"a chunk of 2^64", k_post + "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n",
     "413 close;{close}"},
    {"a trailer that is no field", k_post + "Transfer-Encoding: chunked\r\n\r\n0\r\nx\r\n\r\n",
     "400 close;{close}"},
    {"an endless trailer",
     k_post + "Transfer-Encoding: chunked\r\n\r\n0\r\n" +
         [] {
           std::string fields;
           for (int i = 0; i < 100; ++i) fields += "X: " + std::string(200, 'x') + "\r\n";
           return fields;
         }(),
     "400 close;{close}"},
    {"no chunk", k_post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", "400 close;{close}"},
    {"another coding", k_post + "Transfer-Encoding: gzip\r\n\r\n", "501 close;{close}"},
    {"two codings", k_post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501 close;{close}"},
    {"length and chunks", k_post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "400 close;{close}"},
    {"chunks and length", k_post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
     "400 close;{close}"},
    {"chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "400 close;{close}"},
    {"two lengths", k_post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400 close;{close}"},
    {"a length that is no number", k_post + "Content-Length: -1\r\n\r\n", "400 close;{close}"},
    {"nothing follows a refusal", "x\r\n\r\n" + k_get, "400 close;{close}"},
};

TEST(HttpServerSession, GivesTheSameEventsForEverySplitOfTheStream) {
  for (const auto& [name, client, log] : k_sessions)
    for (const std::size_t step : {client.size(), std::size_t{1}, std::size_t{7}})
      EXPECT_EQ(Player().say(client, step).log(), log) << name << ", in pieces of " << step;
}

TEST(HttpServerSession, OffersTheFieldsAsTheyAre) {
  ServerSession session;
  const ServerEvents events =
      session.receive("GET / HTTP/1.1\r\nhost: a\r\nX-One:  b c \r\nX-one: d\r\n\r\n", k_now);
  const Request& request = std::get<RequestOffered>(events.at(0)).request;
  EXPECT_EQ(request.field("Host"), "a");
  EXPECT_EQ(request.field("x-one"), "b c");
  EXPECT_EQ(request.field("X-Two"), "");
  EXPECT_EQ(request.fields.at(2), (Field{"X-one", "d"}));
}

TEST(HttpServerSession, LeavesATrailerOut) {
  ServerSession session;
  const ServerEvents events =
      session.receive(k_post + "Transfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: none\r\n\r\n", k_now);
  EXPECT_EQ(std::get<RequestOffered>(events.at(0)).request.field("Authorization"), "");
}

TEST(HttpServerSession, OffersOneRequestAfterTheOther) {
  ServerSession session(k_limits);
  const ServerEvents events = session.receive(k_get + "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n", k_now);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(session.waiting());
  EXPECT_TRUE(session.receive(k_get, k_now).empty());
  const ServerEvents next = session.respond({404, {}, ""}, k_now);
  ASSERT_EQ(next.size(), 2u);
  EXPECT_EQ(std::get<RequestOffered>(next[1]).request.path, "/2");
}

TEST(HttpServerSession, KeepsOnlySoMuchWhileItWaits) {
  ServerSession session(k_limits);
  static_cast<void>(session.receive(k_get, k_now));
  const ServerEvents events = session.receive(std::string(1001, 'x'), k_now);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<Close>(events[0]));
  EXPECT_TRUE(session.respond({}, k_now).empty());
}

TEST(HttpServerSession, SaysOnlyToWhoHasBegunThatHeIsLate) {
  EXPECT_EQ(Player().time_out().log(), "{close}");
  EXPECT_EQ(Player().say(k_get, 99).time_out().log(), "{GET /}200 ok;{close}");
  EXPECT_EQ(Player().say("GET / HT", 99).time_out().log(), "408 close;{close}");
  EXPECT_EQ(Player().say(k_post + "Content-Length: 3\r\n\r\na", 99).time_out().log(), "408 close;{close}");
}

TEST(HttpServerSession, EndsARequestThatComesInDrops) {
  const std::string head = "GET / HTTP/1.1\r\n";
  EXPECT_EQ(Player().say(head, 99).wait(seconds(60)).say("A", 1).log(), "");
  EXPECT_EQ(Player().say(head, 99).wait(seconds(61)).say("A", 1).log(), "408 close;{close}");
  EXPECT_EQ(Player().say(k_get, 99).wait(seconds(61)).say(k_get, 1).log(), "{GET /}200 ok;{GET /}200 ok;");
}

}  // namespace
}  // namespace stagecoach::http
