// The server's side of one HTTP connection: bytes in, events out (HTTP/1.1, RFC 9112; requests of HTTP/1.0
// are understood). Keep-alive, chunked request bodies, Expect: 100-continue, and requests sent ahead, which
// are offered one after the other.
//
// The owner carries out the events in order. RequestOffered is the last event of its batch: the session waits
// for respond(); bytes given meanwhile keep, up to a limit (do not read while waiting()). A request that
// cannot be understood is answered here, and the connection ends: whatever follows has no known beginning.
// Only CR LF ends a line, and nothing that two servers could read in two ways is accepted (request
// smuggling).
//
// A response is whole now. One in pieces will be another pair of calls beside respond(), with the same rule:
// the session waits until the owner has said the last piece.
//
// Sizes are bytes. `now` is for Date and for the age of a request that comes in drops.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/http/message.h"

namespace stagecoach::http {

struct ServerLimits {
  std::size_t header_bytes_max = 16 * 1024;   // request line and fields; more of it: 431
  std::size_t body_bytes_max = 64 * 1024;     // 413
  std::size_t pending_bytes_max = 64 * 1024;  // kept while waiting; more of it closes
  std::chrono::seconds request_time_max{60};  // from the first to the last byte of a request; 408
};

struct Output {
  std::string bytes;
};
/// Answer: respond().
struct RequestOffered {
  Request request;
};
struct Close {};
using ServerEvent = std::variant<Output, RequestOffered, Close>;
using ServerEvents = std::vector<ServerEvent>;

class ServerSession {
 public:
  using Time = std::chrono::sys_seconds;

  explicit ServerSession(ServerLimits limits = {});
  ~ServerSession();
  ServerSession(ServerSession&&) noexcept;
  ServerSession& operator=(ServerSession&&) noexcept;

  /// Any split of the stream gives the same events.
  ServerEvents receive(std::string_view bytes, Time now);
  /// May offer the next request at once.
  ServerEvents respond(const Response& response, Time now);
  /// Nothing came for too long: 408 when a request has begun; closes.
  ServerEvents timed_out(Time now);
  ServerEvents shutting_down();

  bool waiting() const;
  bool closed() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace stagecoach::http
