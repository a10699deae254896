// Reads the replies of an SMTP server (RFC 5321 section 4.2.1). Tolerates bare LF, codes that differ between
// the lines of one reply (the last counts) and missing texts. A server without end is stopped by limits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/smtp/reply.h"
#include "routing/model/result.h"

namespace stagecoach::smtp {

struct ReplyLimits {
  std::size_t line_bytes_max = 4096;
  std::size_t reply_bytes_max = 64 * 1024;
  int lines_max = 256;
};

class ReplyParser {
 public:
  explicit ReplyParser(ReplyLimits limits = {}) : limits_(limits) {}

  /// Adds input. Call next() until it has nothing more.
  void add(std::string_view bytes);
  /// A complete reply, nothing yet, or an Error: what the server sent is no reply, or too much of one.
  Result<std::optional<Reply>> next();
  /// Bytes behind the replies taken so far. After the reply to STARTTLS there must be none.
  bool has_rest() const { return offset_ < buffer_.size() || lines_ > 0; }
  void clear();

 private:
  Result<bool> take(std::string_view line);  // true: the reply is complete
  ReplyLimits limits_;
  std::string buffer_;
  std::size_t offset_ = 0;
  int lines_ = 0;
  Reply reply_;
};

}  // namespace stagecoach::smtp
