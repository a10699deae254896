// What stands between stored bytes and the client: the end of TOP, and trailing blank lines taken away.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stagecoach::pop3 {

/// Lets through the header section, the empty line and a number of lines of the body (TOP, RFC 1939 section
/// 7).
class TopFilter {
 public:
  explicit TopFilter(std::uint64_t lines) : lines_(lines) {}
  /// The part of `bytes` that is wanted.
  std::string_view take(std::string_view bytes);
  bool done() const { return done_; }

 private:
  std::uint64_t lines_;
  bool in_header_ = true;
  bool line_empty_ = true;
  bool done_ = false;
};

/// Holds CR LF back until something else follows. The last line end of the message stays.
class TrailingBlankLines {
 public:
  void pass(std::string_view bytes, std::string& out);
  void finish(std::string& out);

 private:
  std::uint64_t held_ = 0;  // CR LF pairs
  bool held_cr_ = false;
};

}  // namespace stagecoach::pop3
