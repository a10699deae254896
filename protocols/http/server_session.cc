// The head of a request is read by Boost.Beast's parser, which nothing else sees; it always gets the whole
// head.
#include "protocols/http/server_session.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <optional>

#include "protocols/http/chunked_decoder.h"
#include "protocols/http/response_writer.h"
#include "routing/model/address.h"

namespace stagecoach::http {

namespace {

namespace beast = boost::beast::http;
using Parser = beast::request_parser<beast::empty_body>;
using ErrorCode = boost::system::error_code;

constexpr int k_empty_lines_max = 4;  // before a request (RFC 9112 section 2.2)

std::optional<Method> method_of(beast::verb verb) {
  switch (verb) {
    case beast::verb::get: return Method::get;
    case beast::verb::head: return Method::head;
    case beast::verb::post: return Method::post;
    case beast::verb::put: return Method::put;
    case beast::verb::delete_: return Method::remove;
    case beast::verb::patch: return Method::patch;
    case beast::verb::options: return Method::options;
    default: return std::nullopt;
  }
}

int status_of(const ErrorCode& error) {
  if (error == beast::error::bad_version) return 505;
  return error == beast::error::header_limit ? 431 : 400;
}

/// The target may be a whole URL (RFC 9112 section 3.2.2); what counts is behind the host.
std::string_view without_host(std::string_view target) {
  const auto scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return target;
  const auto path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

}  // namespace

class ServerSession::Core {
 public:
  explicit Core(ServerLimits limits) : limits_(limits) {}

  ServerEvents receive(std::string_view bytes, Time now) {
    if (state_ == State::closed) return {};
    buffer_.append(bytes);
    if (state_ != State::waiting) return go_on(now);
    return buffer_.size() > limits_.pending_bytes_max ? close() : ServerEvents{};
  }

  ServerEvents respond(const Response& response, Time now) {
    if (state_ != State::waiting) return {};
    state_ = State::head;
    ServerEvents events{Output{to_wire(response, framing_, now)}};
    ServerEvents more = framing_.keep_alive ? go_on(now) : close();
    std::move(more.begin(), more.end(), std::back_inserter(events));
    return events;
  }

  ServerEvents timed_out(Time now) { return began_ && state_ != State::waiting ? refuse(408, now) : close(); }

  ServerEvents close() {
    state_ = State::closed;
    buffer_.clear();
    return {Close{}};
  }

  bool waiting() const { return state_ == State::waiting; }
  bool closed() const { return state_ == State::closed; }

 private:
  enum class State { head, body, waiting, closed };

  ServerEvents go_on(Time now) {
    ServerEvents events;
    bool moved = true;
    while (moved && (state_ == State::head || state_ == State::body))
      moved = state_ == State::head ? read_head(events, now) : read_body(events, now);
    const bool is_late = began_ && now - *began_ > limits_.request_time_max;
    if (is_late && (state_ == State::head || state_ == State::body)) add(events, refuse(408, now));
    return events;
  }

  static void add(ServerEvents& events, ServerEvents more) {
    std::move(more.begin(), more.end(), std::back_inserter(events));
  }

  /// Answers what cannot be understood.
  ServerEvents refuse(int status, Time now) {
    framing_.keep_alive = false;
    const Response response{
        status,
        {{"Content-Type", "text/plain; charset=utf-8"}, {"X-Content-Type-Options", "nosniff"}},
        std::to_string(status) + " " + std::string(reason_of(status)) + "\n"};
    ServerEvents events{Output{to_wire(response, framing_, now)}};
    add(events, close());
    return events;
  }
  /// The same as the end of a batch.
  bool refuse(ServerEvents& events, int status, Time now) {
    add(events, refuse(status, now));
    return false;
  }

  // ---- the head of a request ----

  /// Its size with the empty line at its end; 0: it is not complete; npos: a line ends in LF alone.
  std::size_t head_size() {
    const std::size_t end = std::min(buffer_.size(), limits_.header_bytes_max);
    for (; scanned_ < end; ++scanned_) {
      if (buffer_[scanned_] != '\n') continue;
      if (scanned_ == 0 || buffer_[scanned_ - 1] != '\r') return std::string::npos;
      if (scanned_ >= 3 && buffer_[scanned_ - 2] == '\n') return scanned_ + 1;
    }
    return 0;
  }

  /// True: there may be more to do with what is there.
  bool read_head(ServerEvents& events, Time now) {
    if (buffer_.starts_with("\r\n")) {
      buffer_.erase(0, 2);
      scanned_ = 0;
      return ++empty_lines_ <= k_empty_lines_max || refuse(events, 400, now);
    }
    if (buffer_.empty() || buffer_ == "\r") return false;
    if (!began_) {
      began_ = now;
      framing_ = {};
    }
    const std::size_t size = head_size();
    if (size == std::string::npos) return refuse(events, 400, now);
    if (size == 0) return buffer_.size() > limits_.header_bytes_max && refuse(events, 431, now);
    const int status = take_head(std::string_view(buffer_).substr(0, size));
    if (status != 0) return refuse(events, status, now);
    buffer_.erase(0, size);
    scanned_ = 0;
    empty_lines_ = 0;
    if (!chunked_ && body_left_ == 0) return offer(events);
    state_ = State::body;
    if (wants_continue_) events.push_back(Output{"HTTP/1.1 100 Continue\r\n\r\n"});
    return true;
  }

  /// Makes the request, without its body. What is wrong with it as a status; 0: nothing.
  int take_head(std::string_view head) {
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max) + 1);
    parser.body_limit(UINT64_MAX);  // what is too much is decided below, when the method is known
    ErrorCode error;
    parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
    if (error) return status_of(error);
    if (!parser.is_header_done()) return 400;
    const auto& message = parser.get();
    request_ = {};
    for (const auto& field : message)
      request_.fields.push_back({std::string(field.name_string()), std::string(field.value())});
    framing_.keep_alive = message.keep_alive();
    framing_.old_version = message.version() < 11;
    const auto method = method_of(message.method());
    if (!method) return 501;
    request_.method = *method;
    framing_.head_only = *method == Method::head;
    const std::string_view target = without_host({message.target().data(), message.target().size()});
    const auto query = std::min(target.find('?'), target.size());
    request_.path = target.substr(0, query);
    request_.query = target.substr(std::min(query + 1, target.size()));
    if (request_.path.empty()) request_.path = "/";
    if (const int status = check_fields(); status != 0) return status;
    chunked_.reset();
    if (parser.chunked()) chunked_.emplace(limits_.body_bytes_max);
    const auto length = parser.content_length();
    body_left_ = length ? static_cast<std::size_t>(*length) : 0;
    return body_left_ > limits_.body_bytes_max ? 413 : 0;
  }

  int check_fields() {
    const auto count = [this](std::string_view name) {
      return std::count_if(request_.fields.begin(), request_.fields.end(),
                           [&](const Field& field) { return equals_ignoring_case(field.name, name); });
    };
    // "A server MUST respond with a 400 … to any HTTP/1.1 request message that lacks a Host header field".
    if (count("Host") > 1 || (count("Host") == 0 && !framing_.old_version)) return 400;
    if (const auto codings = count("Transfer-Encoding"); codings > 0) {
      if (codings > 1 || framing_.old_version || count("Content-Length") > 0) return 400;
      if (!equals_ignoring_case(request_.field("Transfer-Encoding"), "chunked")) return 501;
    }
    if (count("Content-Length") > 1) return 400;
    const std::string_view expected = request_.field("Expect");
    wants_continue_ = !expected.empty() && !framing_.old_version;
    return wants_continue_ && !equals_ignoring_case(expected, "100-continue") ? 417 : 0;
  }

  // ---- its body ----

  bool read_body(ServerEvents& events, Time now) {
    if (chunked_) return read_chunks(events, now);
    const std::size_t size = std::min(body_left_, buffer_.size());
    request_.body.append(buffer_, 0, size);
    buffer_.erase(0, size);
    body_left_ -= size;
    return body_left_ == 0 && offer(events);
  }

  bool read_chunks(ServerEvents& events, Time now) {
    std::string_view rest = buffer_;
    const ChunkedDecoder::State state = chunked_->decode(rest, request_.body);
    if (state == ChunkedDecoder::State::broken) return refuse(events, 400, now);
    if (state == ChunkedDecoder::State::too_large) return refuse(events, 413, now);
    buffer_.erase(0, buffer_.size() - rest.size());
    return state == ChunkedDecoder::State::done && offer(events);
  }

  bool offer(ServerEvents& events) {
    began_.reset();
    state_ = State::waiting;
    events.push_back(RequestOffered{std::move(request_)});
    return false;
  }

  ServerLimits limits_;
  State state_ = State::head;
  std::string buffer_;
  std::size_t scanned_ = 0;  // of the head in the buffer
  int empty_lines_ = 0;
  std::optional<Time> began_;  // when the first byte of the request came
  Request request_;
  Framing framing_;  // of the response
  std::optional<ChunkedDecoder> chunked_;
  std::size_t body_left_ = 0;  // of a body that is not chunked
  bool wants_continue_ = false;
};

ServerSession::ServerSession(ServerLimits limits) : core_(std::make_unique<Core>(limits)) {}
ServerSession::~ServerSession() = default;
ServerSession::ServerSession(ServerSession&&) noexcept = default;
ServerSession& ServerSession::operator=(ServerSession&&) noexcept = default;

ServerEvents ServerSession::receive(std::string_view bytes, Time now) { return core_->receive(bytes, now); }
ServerEvents ServerSession::respond(const Response& response, Time now) {
  return core_->respond(response, now);
}
ServerEvents ServerSession::timed_out(Time now) { return core_->timed_out(now); }
ServerEvents ServerSession::shutting_down() { return core_->close(); }
bool ServerSession::waiting() const { return core_->waiting(); }
bool ServerSession::closed() const { return core_->closed(); }

}  // namespace stagecoach::http
