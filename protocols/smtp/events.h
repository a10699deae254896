// Events that both sides of an SMTP session have in common.
#pragma once

#include <string>

namespace stagecoach::smtp {

/// Write these bytes. Replies to (or commands of) a pipelined burst come as one Output.
struct Output {
  std::string bytes;
};

/// When all output is written, shake hands; then call tls_started(), or drop the connection.
struct StartTls {};

/// Close the connection when all output is written. The session ignores everything from here on.
struct Close {};

/// What the session speaks: SMTP, submission (RFC 6409) or LMTP (RFC 2033).
enum class Flavour : unsigned char { smtp, submission, lmtp };

}  // namespace stagecoach::smtp
