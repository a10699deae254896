// Gathers the bytes of a client into commands (RFC 3501 section 2.2.1). A command's literals stand inline in
// its text, as "{5}CRLF" and the bytes; the session decides about each before it is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stagecoach::imap {

class CommandReader {
 public:
  enum class Step {
    more,      // wait for bytes
    command,   // text() is a whole command, without line end: run it, then reset()
    literal,   // text() ends with the announcement of literal(): accept it, or stream or skip it and reset()
    too_long,  // the line exceeded the limit and was dropped; text() is its beginning. Then reset()
  };
  struct Literal {
    std::uint64_t size_bytes = 0;
    bool waits = true;  // for our "+" (synchronising); else it comes anyway (LITERAL+)
  };

  explicit CommandReader(std::size_t text_bytes_max) : text_bytes_max_(text_bytes_max) {}

  void feed(std::string_view bytes) { input_.append(bytes); }
  /// Bytes that wait to be read.
  std::size_t waiting() const { return input_.size() - at_; }

  Step next();
  const std::string& text() const { return text_; }
  const Literal& literal() const { return literal_; }
  /// The announced literal becomes part of the text.
  void accept_literal() { literal_left_ = literal_.size_bytes; }
  /// Ready for the next command; frees large buffers.
  void reset();
  /// Drops all input.
  void clear();

  /// A line that is no command: SASL answers, DONE, the end of APPEND. Without its line end.
  std::optional<std::string> take_line();
  bool line_too_long() const { return waiting() > text_bytes_max_; }
  /// Up to `count` bytes of the input.
  std::string take_bytes(std::uint64_t count);
  std::uint64_t skip_bytes(std::uint64_t count);

 private:
  std::optional<std::string_view> line();
  void consume(std::size_t count);

  std::size_t text_bytes_max_;
  std::string input_;
  std::size_t at_ = 0;       // input_ before it is used up
  std::size_t scanned_ = 0;  // no line feed in [at_, scanned_)
  std::string text_;
  std::size_t line_bytes_ = 0;  // of the text, literals not counted
  std::uint64_t literal_left_ = 0;
  Literal literal_;
  bool skipping_ = false;  // to the end of a line that is too long
};

}  // namespace stagecoach::imap
