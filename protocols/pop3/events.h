// Events that both sides of a POP3 session have in common.
#pragma once

#include <string>

namespace stagecoach::pop3 {

/// Write these bytes. What belongs together comes as one Output.
struct Output {
  std::string bytes;
};

/// When all output is written, shake hands; then call tls_started(), or drop the connection.
struct StartTls {};

/// Close the connection when all output is written. The session ignores everything from here on.
struct Close {};

}  // namespace stagecoach::pop3
