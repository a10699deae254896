// Any stream of requests gives the same events whole and byte by byte; any body can be read as a form.
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>

#include "protocols/http/form.h"
#include "protocols/http/server_session.h"

using namespace stagecoach;

namespace {

std::string play(std::string_view stream, std::size_t step) {
  const http::ServerSession::Time now{};
  http::ServerSession session({.header_bytes_max = 300, .body_bytes_max = 100});
  std::string log;
  const auto take = [&](http::ServerEvents events) {
    std::deque<http::ServerEvent> queue(events.begin(), events.end());
    while (!queue.empty()) {
      const http::ServerEvent event = std::move(queue.front());
      queue.pop_front();
      if (const auto* output = std::get_if<http::Output>(&event)) log += output->bytes;
      if (std::holds_alternative<http::Close>(event)) log += "{close}";
      const auto* offer = std::get_if<http::RequestOffered>(&event);
      if (!offer) continue;
      const http::Request& request = offer->request;
      if (!session.waiting() || request.body.size() > 100 || request.path.empty()) std::abort();
      log += "{" + std::string(name_of(request.method)) + " " + request.path + " " + request.body + "}";
      if (const auto form = http::parse_form(request.field("Content-Type"), request.body))
        for (const http::Field& field : *form) log += field.name + "=" + field.value + ";";
      for (http::ServerEvent& more : session.respond({200, {{"X", request.path}}, request.body}, now))
        queue.push_back(std::move(more));
    }
  };
  for (std::size_t at = 0; at < stream.size(); at += step)
    take(session.receive(stream.substr(at, step), now));
  return log;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  const std::string whole = play(stream, stream.size() + 1);
  if (whole != play(stream, 1) || whole != play(stream, 7)) std::abort();
  static_cast<void>(http::parse_form("multipart/form-data; boundary=b", stream));
  return 0;
}
