// Responses as bytes (RFC 9112 section 4). What a handler puts into a field cannot begin another one: control
// characters become spaces, and a field whose name is no token is left out.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "protocols/http/message.h"

namespace stagecoach::http {

/// What the request decides about the form of its response.
struct Framing {
  bool keep_alive = true;
  bool old_version = false;  // HTTP/1.0: a connection that stays has to be named
  bool head_only = false;    // HEAD: the length is told, the body is not sent
};

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::string http_date(std::chrono::sys_seconds time);

std::string to_wire(const Response& response, const Framing& framing, std::chrono::sys_seconds now);

}  // namespace stagecoach::http
