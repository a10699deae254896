// The chunked transfer coding of a request body (RFC 9112 section 7.1), piece by piece. Strict, so that
// nobody in front of us can have seen another end: only CR LF ends a line, sizes are plain hexadecimal
// numbers. Extensions and the trailer are read and dropped. (Beast's own ends the process at a zero chunk
// that comes in drops.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace stagecoach::http {

class ChunkedDecoder {
 public:
  enum class State : std::uint8_t { more, done, broken, too_large };

  /// `body_max`: of what decode() gives altogether; more is too_large. Lines and trailer have limits of their
  /// own.
  explicit ChunkedDecoder(std::size_t body_max) : left_max_(body_max) {}

  /// Appends to `body` and takes what it has read away from `bytes`; behind `done` the rest is another
  /// request.
  State decode(std::string_view& bytes, std::string& body);

 private:
  enum class Part : std::uint8_t { size, data, data_end, trailer };

  State end_line();
  State end_size();

  Part part_ = Part::size;
  std::string line_;  // so far, without its line end
  std::size_t left_ = 0;
  std::size_t left_max_;
  std::size_t trailer_bytes_ = 0;
};

}  // namespace stagecoach::http
