// An HTTP request as the server's session hands it out, and the response to it (RFC 9110). Names of fields
// are compared without regard to case.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stagecoach::http {

/// The methods that a route may be for; a request with another one never gets so far.
enum class Method : std::uint8_t { get, head, post, put, remove, patch, options };

/// "GET"; Method::remove is "DELETE".
std::string_view name_of(Method method);

struct Field {
  std::string name, value;
  bool operator==(const Field&) const = default;
};

struct Request {
  Method method = Method::get;
  std::string path;   // as sent, without scheme and host: "/lists/a%20b"
  std::string query;  // behind the '?', as sent
  std::vector<Field> fields;
  std::string body;

  /// The value of the first field of this name; empty if there is none.
  std::string_view field(std::string_view name) const;
};

/// Content-Length, Connection and Date are added by the writer.
struct Response {
  int status = 200;
  std::vector<Field> fields;
  std::string body;
};

/// "Not Found"; empty for a number that RFC 9110 does not know.
std::string_view reason_of(int status);

}  // namespace stagecoach::http
