// An SMTP reply as a value (RFC 5321 section 4.2) with its enhanced status code (RFC 2034, RFC 3463).
#pragma once

#include <string>
#include <string_view>

namespace stagecoach::smtp {

struct Reply {
  int code = 0;
  std::string enhanced;  // "5.1.1"; empty: the reply has none (greeting, EHLO, 3yz)
  std::string text;      // "\n" separates the lines of a reply of several lines

  bool accepts() const { return code >= 200 && code < 300; }
  bool is_temporary() const { return code >= 400 && code < 500; }
  bool is_permanent() const { return code >= 500; }
  /// "550 5.1.1 No such user here", lines joined by a space: for logs and delivery status notifications.
  std::string line() const;
  bool operator==(const Reply&) const = default;
};

/// With CR LF; every line of several carries code and enhanced code. Control characters of the text become
/// "?".
std::string to_wire(const Reply& reply);

}  // namespace stagecoach::smtp
